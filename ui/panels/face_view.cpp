// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/panels/face_view.h"

#include <QButtonGroup>
#include <QHBoxLayout>
#include <algorithm>
#include <cmath>

#include "ui/models/clip_list_model.h"
#include "ui/models/formatting.h"
#include "ui/models/thumbnail_cache.h"
#include "ui/panels/clip_viewer.h"

namespace understudy::ui {
namespace {

QString turnText(float yaw) {
    const auto percent = static_cast<int>(std::abs(yaw) * 100);
    return percent < 8 ? FaceView::tr("frontal")
           : yaw > 0   ? FaceView::tr("turned right")
                       : FaceView::tr("turned left");
}

QString stateText(media::ReviewState state) {
    return state == media::ReviewState::keep     ? FaceView::tr("kept")
           : state == media::ReviewState::reject ? FaceView::tr("rejected")
                                                 : FaceView::tr("undecided");
}

}  // namespace

FaceView::FaceView(FacesModel* model, ProjectSession* session, QWidget* parent)
    : QWidget(parent), model_(model), session_(session), loader_(nullptr, 64ll << 20) {
    setObjectName("faceView");
    loader_.setLookAhead(false);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    auto* header = new QWidget;
    header->setFixedHeight(theme::kHeaderHeight + 4);
    auto* row = new QHBoxLayout(header);
    row->setContentsMargins(8, 4, 8, 4);
    row->setSpacing(4);
    const auto addTab = [row](const QString& text, const char* name) {
        auto* tab = new QToolButton;
        tab->setObjectName(name);
        tab->setText(text);
        tab->setCheckable(true);
        tab->setAutoRaise(true);
        tab->setMinimumHeight(24);
        row->addWidget(tab);
        return tab;
    };
    faceButton_ = addTab(tr("Face"), "faceTab");
    plateButton_ = addTab(tr("Plate"), "plateTab");
    auto* group = new QButtonGroup(this);
    group->addButton(faceButton_);
    group->addButton(plateButton_);
    faceButton_->setChecked(true);
    connect(plateButton_, &QToolButton::toggled, this, &FaceView::setPlate);
    row->addStretch(1);
    title_ = label({}, theme::FontUse::number);
    row->addWidget(title_);
    column->addWidget(header);
    view_ = new PictureView;
    view_->setObjectName("facePicture");
    column->addWidget(view_, 1);
    facts_ = label({}, theme::FontUse::numberCaption, theme::kSecond);
    facts_->setObjectName("faceFacts");
    facts_->setContentsMargins(8, 6, 8, 6);
    facts_->setWordWrap(true);
    column->addWidget(facts_);

    view_->setOverlay([this](QPainter& painter, const QTransform& transform) {
        if (landmarksOn_ && has_) {
            paintLandmarks(painter, plate_ ? frame_ : crop_, transform);
        }
    });
    connect(model_, &FacesModel::currentChanged, this, &FaceView::refresh);
    connect(model_, &FacesModel::statesChanged, this, &FaceView::refresh);
    connect(model_, &FacesModel::layoutChanged, this, &FaceView::refresh);
    connect(&loader_, &FrameLoader::frameArrived, this, [this](qint64 frame) {
        if (plate_ && frame == shown_.frame) {
            view_->setPicture(loader_.get(frame));
        }
    });
    connect(&loader_, &FrameLoader::opened, this, [this] { loader_.get(shown_.frame); });
    const auto tellFailure = [this](const Error& error) {
        if (plate_) {
            view_->setPicture({});
            view_->setMessage(errorText(error));
        }
    };
    connect(&loader_, &FrameLoader::failed, this, tellFailure);
    connect(&loader_, &FrameLoader::frameFailed, this,
            [this, tellFailure](qint64 frame, const Error& error) {
                if (frame == shown_.frame) {
                    tellFailure(error);
                }
            });
    refresh();
}

void FaceView::setLandmarks(bool on) {
    landmarksOn_ = on;
    view_->update();
}

void FaceView::setPlate(bool on) {
    plate_ = on;
    plateButton_->setChecked(on);
    faceButton_->setChecked(!on);
    shown_ = {};
    refresh();
}

void FaceView::refresh() {
    const int row = model_->current();
    if (row < 0) {
        has_ = false;
        shown_ = {};
        title_->clear();
        facts_->clear();
        view_->setPicture({});
        view_->setMessage(model_->rows() > 0 ? tr("Choose a face to see it large.") : QString());
        return;
    }
    const FaceItem& face = model_->face(row);
    title_->setText(tr("%1  frame %2").arg(model_->clipName(face.key.clip)).arg(face.key.frame));
    QStringList facts = {stateText(face.state),
                         face.tracked ? tr("tracked") : tr("detected"),
                         tr("confidence %1").arg(static_cast<double>(face.confidence), 0, 'f', 2),
                         tr("jitter %1 px").arg(static_cast<double>(face.jitter), 0, 'f', 2),
                         turnText(face.yaw),
                         tr("eyes %1 px apart").arg(std::lround(face.size))};
    facts_->setText(facts.join(QStringLiteral("   ")));
    if (face.key == shown_ && face.record == record_) {
        return;
    }
    shown_ = face.key;
    record_ = face.record;
    const auto pack = model_->packs().find(face.key.clip);
    if (pack == model_->packs().end() || face.record < 0) {
        has_ = false;
        view_->setPicture({});
        view_->setMessage(
            tr("The picture of this face is missing. What was decided and its landmarks are "
               "safe; find the faces of the clip again to rebuild it."));
        return;
    }
    struct Loaded {
        QImage image;
        media::FaceRecord record;
    };
    runInBackground(
        this,
        [reader = pack->second, record = face.record, needsImage = !plate_]() -> Loaded {
            Loaded loaded;
            loaded.record = reader->record(static_cast<size_t>(record));
            if (needsImage) {
                loaded.image = faceImage(*reader, record, reader->header().size);
            }
            return loaded;
        },
        [this, key = face.key, record = face.record](Loaded loaded) {
            if (key != shown_ || record != record_) {
                return;
            }
            has_ = true;
            crop_ = loaded.record.landmarks;
            frame_ = media::transformed(crop_, loaded.record.alignedFromFrame.inverse());
            if (plate_) {
                showPlate();
            } else {
                view_->setPicture(loaded.image);
            }
        });
}

void FaceView::showPlate() {
    const auto& clips = session_->snapshot().clips;
    const std::string name = utf8(model_->clipName(shown_.clip));
    const auto clip =
        std::find_if(clips.begin(), clips.end(), [&](const auto& c) { return c.name == name; });
    if (clip == clips.end()) {
        return;
    }
    const QString path = ui::platePath(*session_, *clip);
    if (path != platePath_) {
        platePath_ = path;
        loader_.setPath(path);
    }
    const auto failure = loader_.failure(shown_.frame);
    view_->setPicture(loader_.get(shown_.frame));  // never another frame's beneath these landmarks
    view_->setMessage(failure ? errorText(*failure) : tr("Reading the plate…"));
}

}  // namespace understudy::ui
