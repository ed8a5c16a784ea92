// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/plan_edits.h"

#include <QPointer>
#include <QUndoCommand>
#include <utility>

namespace understudy::ui {
namespace {

constexpr int kMergeMilliseconds = 1000;
constexpr int kPlanId = 0x504c;  // of commands that may merge

class PlanCommand : public QUndoCommand {
  public:
    struct Edit {
        std::string key;
        int gesture;
        PlanDraft before;
        PlanDraft after;
    };

    PlanCommand(PlanEdits* edits, Edit edit, const QString& words)
        : QUndoCommand(words), edits_(edits), edit_(std::move(edit)) {}

    // It was done before it became a command.
    void redo() override {
        if (!std::exchange(done_, false)) {
            restore(edit_.after);
        }
    }
    void undo() override { restore(edit_.before); }
    int id() const override { return edit_.key.empty() ? -1 : kPlanId; }

    bool mergeWith(const QUndoCommand* other) override {
        const Edit& next = static_cast<const PlanCommand*>(other)->edit_;
        if (next.key != edit_.key || next.gesture != edit_.gesture) {
            return false;
        }
        edit_.after = next.after;
        setText(other->text());
        setObsolete(edit_.after == edit_.before);  // typed and taken back
        return true;
    }

  private:
    void restore(const PlanDraft& draft) { edits_ ? edits_->restore(draft) : setObsolete(true); }

    QPointer<PlanEdits> edits_;
    Edit edit_;
    bool done_ = true;
};

}  // namespace

PlanEdits::PlanEdits(QUndoStack* undo, QObject* parent) : QObject(parent), undo_(undo) {
    pause_.setSingleShot(true);
    pause_.setInterval(kMergeMilliseconds);
    connect(&pause_, &QTimer::timeout, this, &PlanEdits::endGesture);
}

void PlanEdits::record(const QString& words, const std::string& key, const PlanDraft& before,
                       const PlanDraft& after) {
    if (before == after) {
        return;
    }
    pause_.start();
    undo_->push(new PlanCommand(this, {key, gesture_, before, after}, words));
}

void PlanEdits::restore(const PlanDraft& draft) {
    endGesture();
    Q_EMIT restored(draft);
}

}  // namespace understudy::ui
