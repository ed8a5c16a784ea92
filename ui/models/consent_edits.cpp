// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/consent_edits.h"

#include <QPointer>
#include <QRandomGenerator>
#include <QUndoCommand>
#include <algorithm>

#include "media/base/sha256.h"
#include "media/project/version_record.h"
#include "ui/models/formatting.h"

namespace understudy::ui {
namespace {

using Record = std::optional<media::ConsentRecord>;

class ConsentCommand : public QUndoCommand {
  public:
    ConsentCommand(ConsentEdits* edits, Record before, Record after, const QString& text)
        : QUndoCommand(text), edits_(edits), before_(std::move(before)), after_(std::move(after)) {}
    void redo() override { apply(before_, after_); }
    void undo() override { apply(after_, before_); }

  private:
    void apply(const Record& from, const Record& to) {
        if (edits_) {
            edits_->write(from, to);
        }
    }
    QPointer<ConsentEdits> edits_;
    Record before_;
    Record after_;
};

// Given here, so that undo and redo speak of the same record at once.
int64_t newId() {
    return static_cast<int64_t>(
        QRandomGenerator::global()->bounded(quint64{1} << 32, quint64{1} << 40));
}

}  // namespace

ConsentEdits::ConsentEdits(ProjectSession* session, QUndoStack* undo, QObject* parent)
    : QObject(parent), session_(session), undo_(undo) {}

Record ConsentEdits::known(int64_t id) const {
    const auto& records = session_->snapshot().consents;
    const auto found = std::find_if(records.begin(), records.end(),
                                    [id](const auto& record) { return record.id == id; });
    return found == records.end() ? Record() : Record(*found);
}

void ConsentEdits::put(const media::ConsentRecord& consent) {
    session_->ask(
        this,
        [consent](media::Project& project) -> Result<media::ConsentRecord> {
            US_TRY(media::checkConsent(consent));
            media::ConsentRecord made = consent;
            made.documentHash.clear();
            if (!made.document.empty()) {
                US_ASSIGN(made.documentHash, sha256OfFile(project.resultPath(made.document)));
            }
            return made;
        },
        [this](Result<media::ConsentRecord> made) {
            if (!made.ok()) {
                Q_EMIT failed(made.error());
                return;
            }
            const Record before = made->id == 0 ? Record() : known(made->id);
            if (made->id == 0) {
                made->id = newId();
            }
            const QString name = text(made->performer);
            undo_->push(new ConsentCommand(this, before, *made,
                                           before ? tr("Change the consent of %1").arg(name)
                                                  : tr("Record the consent of %1").arg(name)));
        });
}

void ConsentEdits::remove(const media::ConsentRecord& consent) {
    undo_->push(new ConsentCommand(this, consent, std::nullopt,
                                   tr("Take away the consent of %1").arg(text(consent.performer))));
}

void ConsentEdits::write(const Record& before, const Record& after) {
    session_->write([before, after](media::Project& project) {
        const std::string author = media::personHere();
        if (!after) {
            return before ? project.removeConsent(before->id, author) : Status();
        }
        const auto put = project.putConsent(*after, author);
        return put.ok() ? Status() : Status(put.error());
    });
}

}  // namespace understudy::ui
