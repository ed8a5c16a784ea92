// SPDX-License-Identifier: GPL-3.0-or-later
// The keys of Review, beside those of its player.
#include <tuple>

#include "ui/models/formatting.h"
#include "ui/workspaces/review_page.h"

namespace understudy::ui {
namespace {

constexpr int kModes = 6;  // of CompareMode
constexpr double kSplitStep = 0.05;

}  // namespace

void ReviewPage::buildKeys() {
    player_->addKeys(keyAdder());
    addKey("wipe", tr("Wipe"), Qt::Key_W, [this] {
        player_->setMode(player_->view()->mode() == CompareMode::wipe ? CompareMode::off
                                                                      : CompareMode::wipe);
    });
    addKey("nextMode", tr("Next way to compare"), QKeySequence("Shift+W"), [this] {
        player_->setMode(
            static_cast<CompareMode>((static_cast<int>(player_->view()->mode()) + 1) % kModes));
    });
    addKey("flip", tr("A and B change places"), Qt::Key_QuoteLeft, [this] { player_->flip(); });
    for (const auto& [id, name, key, by] :
         {std::tuple("splitLeft", tr("Wipe or mix further left"), "Ctrl+Left", -kSplitStep),
          std::tuple("splitRight", tr("Wipe or mix further right"), "Ctrl+Right", kSplitStep)}) {
        addKey(id, name, QKeySequence(QString::fromLatin1(key)),
               [this, by = by] { player_->view()->setSplit(player_->view()->split() + by); });
    }
    for (int i = 1; i <= 9; ++i) {
        addKey(QStringLiteral("version%1").arg(i), tr("Version %1 of the list").arg(i),
               QKeySequence(QString::number(i)), [this, i] {
                   const auto listed = list_->listed();
                   if (static_cast<size_t>(i) <= listed.size()) {
                       list_->choose(listed[static_cast<size_t>(i - 1)].out);
                   }
               });
        addKey(QStringLiteral("compare%1").arg(i), tr("Compare with %1 of the list").arg(i),
               QKeySequence(QStringLiteral("Shift+%1").arg(i)), [this, i] {
                   if (i <= compared_->count()) {
                       compareWith(i - 1);
                   }
               });
    }
    addKey("versionBoard", tr("All versions of the project"), QKeySequence("Shift+V"),
           [this] { showBoard(!boarded_); });
    buildDrawKeys();
    addKey("present", tr("Present"), QKeySequence("Ctrl+P"), [this] { presentOnly(!presenting_); });
    leave_ = addKey("stopPresenting", tr("Stop presenting"), Qt::Key_Escape,
                    [this] { presentOnly(false); });
    leave_->setEnabled(false);
}

// Notes, what is drawn in them, and what they lead to.
void ReviewPage::buildDrawKeys() {
    addKey("newNote", tr("New note"), Qt::Key_Semicolon,
           [this] { notes_->begin(player_->transport()->frame(), player_->transport()->frame()); });
    addKey("previousNote", tr("Note before"), Qt::Key_Comma, [this] { notes_->stepNote(-1); });
    addKey("nextNote", tr("Next note"), Qt::Key_Period, [this] { notes_->stepNote(1); });
    const auto tool = [this](const QString& id, const QString& name, const QKeySequence& key,
                             DrawTool which) {
        addKey(id, name, key, [this, which] {
            notes_->setTool(notes_->tool() == which ? DrawTool::none : which);
        });
    };
    tool("draw", tr("Draw"), Qt::Key_D, DrawTool::freehand);
    tool("drawArrow", tr("Draw an arrow"), QKeySequence("Shift+D"), DrawTool::arrow);
    tool("drawText", tr("Write on the picture"), Qt::Key_T, DrawTool::text);
    for (int i = 0; i < 4; ++i) {
        const auto status = media::kVersionStatuses[static_cast<size_t>(i)];
        addKey(QStringLiteral("status%1").arg(i + 1), tr("Status: %1").arg(statusText(status)),
               QKeySequence(QStringLiteral("Ctrl+Shift+%1").arg(i + 1)),
               [this, status] { setStatus(status); });
    }
}

}  // namespace understudy::ui
