// SPDX-License-Identifier: GPL-3.0-or-later
// Where notes of a review lead: the faces of their frames, with the tool that deals with them.
#include <algorithm>

#include "ui/models/formatting.h"
#include "ui/workspaces/faces_page.h"

namespace understudy::ui {

void FacesPage::dealWith(const QString& clip, int64_t first, int64_t last, media::NoteAction what) {
    FacesModel& faces = studio_.faces;
    const QString where = last > first ? tr("%1, frames %2–%3").arg(clip).arg(first).arg(last)
                                       : tr("%1, frame %2").arg(clip).arg(first);
    std::set<FaceKey> keys;
    for (const FaceItem& face : faces.all()) {
        if (face.key.frame >= first && face.key.frame <= last &&
            faces.clipName(face.key.clip) == clip) {
            keys.insert(face.key);
        }
    }
    const bool hidden = std::any_of(keys.begin(), keys.end(),
                                    [&](const FaceKey& key) { return faces.rowOf(key) < 0; });
    if (faces.loading() || faces.ordering() || (hidden && !(faces.filter() == FaceFilter()))) {
        connect(
            &faces, &FacesModel::layoutChanged, this,
            [=, this, project = studio_.session.folder()] {
                if (project == studio_.session.folder()) {
                    dealWith(clip, first, last, what);
                }
            },
            static_cast<Qt::ConnectionType>(Qt::QueuedConnection | Qt::SingleShotConnection));
        if (hidden) {
            faces.setFilter(FaceFilter());
        }
        return;
    }
    if (keys.empty()) {
        messages()->show(MessageBar::Kind::warning,
                         tr("No face is known in %1. Find the faces of the clip first.").arg(where),
                         tr("Go to Ingest"), [this] { Q_EMIT goTo(PageId::ingest); });
        return;
    }
    takeUp(keys, where, what);
}

void FacesPage::takeUp(const std::set<FaceKey>& keys, const QString& where,
                       media::NoteAction what) {
    studio_.faces.setCurrent(studio_.faces.rowOf(*keys.begin()));
    studio_.faces.setSelection(keys);
    messages()->dismiss();
    if (what == media::NoteAction::addFrames) {
        offerToKeep(keys, where);
        return;
    }
    view_->setPlate(true);
    view_->useTool(what == media::NoteAction::paintMask ? FaceTool::brush : FaceTool::points);
}

// Deciding is left to whoever looks at them.
void FacesPage::offerToKeep(const std::set<FaceKey>& keys, const QString& where) {
    const FacesModel& faces = studio_.faces;
    const auto undecided = std::count_if(keys.begin(), keys.end(), [&](const FaceKey& key) {
        return faces.face(faces.rowOf(key)).state != media::ReviewState::keep;
    });
    if (undecided == 0) {
        note(tr("%1: its faces are kept already, all %2 of them. They are in the faceset.")
                 .arg(where, countText(static_cast<int64_t>(keys.size()))));
        return;
    }
    if (!mayDecide()) {
        return;
    }
    messages()->show(
        MessageBar::Kind::note,
        tr("%1: look at these faces, then take them into the faceset.").arg(where),
        keys.size() == 1
            ? tr("Keep this face")
            : tr("Keep these %1 faces").arg(countText(static_cast<int64_t>(keys.size()))),
        [this, keys, where] {
            FacesModel& model = studio_.faces;
            const bool advances = model.autoAdvance();
            model.setAutoAdvance(false);  // they stay in sight
            model.setSelection(keys);
            model.decide(media::ReviewState::keep);
            model.setAutoAdvance(advances);
            note(tr("%1: kept. Undo takes it back.").arg(where));
        });
}

}  // namespace understudy::ui
