// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/panels/face_view.h"

#include <QButtonGroup>
#include <QHBoxLayout>
#include <algorithm>
#include <cmath>

#include "ui/models/clip_list_model.h"
#include "ui/models/face_words.h"
#include "ui/models/formatting.h"
#include "ui/models/mask_overlay.h"
#include "ui/models/thumbnail_cache.h"

namespace understudy::ui {
namespace {

QString factsOf(const FaceItem& face) {
    QStringList facts = {stateText(face.state), face.corrected ? FaceView::tr("placed by hand")
                                                : face.tracked ? FaceView::tr("tracked")
                                                               : FaceView::tr("detected")};
    if (face.suspect) {
        facts
            << FaceView::tr("suspect: %1").arg(doubtTexts(face.doubts).join(QStringLiteral(", ")));
    }
    for (const FaceMeasure measure :
         {FaceMeasure::confidence, FaceMeasure::jitter, FaceMeasure::sharpness, FaceMeasure::yaw,
          FaceMeasure::pitch, FaceMeasure::size, FaceMeasure::brightness}) {
        facts << wordsOf(measure).name.toLower() + QLatin1Char(' ') + valueText(face, measure);
    }
    return facts.join(QStringLiteral("   "));
}

QRect bounds(const media::Affine& transform, const QRectF& of) {
    QPolygonF corners;
    for (const QPointF corner : {of.topLeft(), of.topRight(), of.bottomRight(), of.bottomLeft()}) {
        const media::Point at = transform({corner.x(), corner.y()});
        corners << QPointF(at.x, at.y);
    }
    return corners.boundingRect().toAlignedRect().adjusted(-1, -1, 1, 1);
}

}  // namespace

FaceView::FaceView(FacesModel* model, ProjectSession* session, FaceEdits* edits,
                   const DisplayChoice* display, const std::shared_ptr<QThreadPool>& decoding)
    : model_(model),
      session_(session),
      edits_(edits),
      display_(display),
      loader_(nullptr, 64ll << 20, decoding) {
    setObjectName("faceView");
    loader_.setLookAhead(false);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    buildHeader(column);
    tools_ = new FaceTools;
    canvas_ = new FaceCanvas(tools_);
    canvas_->setObjectName("facePicture");
    column->addWidget(canvas_, 1);
    column->addWidget(tools_);
    facts_ = label({}, theme::FontUse::numberCaption, theme::kSecond);
    facts_->setObjectName("faceFacts");
    facts_->setContentsMargins(8, 4, 8, 6);
    facts_->setWordWrap(true);
    column->addWidget(facts_);
    place_ = new QPushButton(tr("Place a face here"));
    place_->setObjectName("placeFace");
    place_->setToolTip(tipWithKey(
        tr("A key frame with the landmarks of the nearest face in time, to be moved from there"),
        "S"));
    place_->setVisible(false);
    column->addWidget(place_);
    connect(place_, &QPushButton::clicked, this, &FaceView::makeKey);
    connectCanvas();
    connectLoader();
    connect(model_, &FacesModel::currentChanged, this, &FaceView::refresh);
    connect(model_, &FacesModel::statesChanged, this, &FaceView::refresh);
    connect(model_, &FacesModel::layoutChanged, this, &FaceView::refresh);
    connect(model_, &FacesModel::selectionChanged, this, [this] {
        if (frame_ && model_->selectedCount() > 0) {
            refresh();  // a face was chosen instead
        }
    });
    connect(edits_, &FaceEdits::changed, this, &FaceView::readEditable);
    // What was refused is not in the picture either.
    connect(edits_, &FaceEdits::refused, this, &FaceView::readEditable);
    connect(session_, &ProjectSession::writeFailed, this, &FaceView::readEditable);
    refresh();
}

void FaceView::buildHeader(QVBoxLayout* column) {
    auto* header = new QWidget;
    header->setFixedHeight(theme::kHeaderHeight + 4);
    auto* row = new QHBoxLayout(header);
    row->setContentsMargins(8, 4, 8, 4);
    row->setSpacing(4);
    const auto addTab = [row](const QString& text, const char* name, const QString& tip) {
        auto* tab = new QToolButton;
        tab->setObjectName(name);
        tab->setText(text);
        tab->setCheckable(true);
        tab->setAutoRaise(true);
        tab->setMinimumHeight(24);
        tab->setToolTip(tip);
        row->addWidget(tab);
        return tab;
    };
    faceButton_ = addTab(tr("Face"), "faceTab",
                         tipWithKey(tr("The crop that the network learns from"), "Return"));
    plateButton_ = addTab(tr("Plate"), "plateTab",
                          tipWithKey(tr("The whole frame that the face is in"), "Return"));
    auto* group = new QButtonGroup(this);
    group->addButton(faceButton_);
    group->addButton(plateButton_);
    faceButton_->setChecked(true);
    connect(plateButton_, &QToolButton::toggled, this, &FaceView::setPlate);
    row->addStretch(1);
    title_ = label({}, theme::FontUse::number);
    row->addWidget(title_);
    column->addWidget(header);
}

void FaceView::connectCanvas() {
    connect(canvas_, &FaceCanvas::landmarksPlaced, this, [this](bool step) {
        ++localEdits_;
        face_.landmarks = media::transformed(canvas_->landmarks(), plateFromPicture());
        edits_->place(shown_, face_.landmarks, tr("Place landmarks"), step);
    });
    connect(canvas_, &FaceCanvas::strokeBegan, this, [this](QPointF, bool restores) {
        if (editReady_ && paint_.isOpen()) {
            ++localEdits_;
            paint_.beginStroke(restores ? MaskPaint::Brush::restore : tools_->brush());
        }
    });
    connect(canvas_, &FaceCanvas::strokeMoved, this, &FaceView::stroke);
    connect(canvas_, &FaceCanvas::strokeEnded, this, &FaceView::endStroke);
    connect(canvas_, &FaceCanvas::polygonClosed, this, &FaceView::fillPolygon);
}

void FaceView::connectLoader() {
    connect(&loader_, &FrameLoader::frameArrived, this, [this](qint64 frame) {
        if (platePicture() && frame == shown_.frame) {
            showPlate();
        }
    });
    connect(display_, &DisplayChoice::changed, this, &FaceView::arrange);
    connect(session_, &ProjectSession::changed, this, &FaceView::arrange);  // another encoding
    connect(&loader_, &FrameLoader::opened, this, [this] { loader_.get(shown_.frame); });
    const auto tellFailure = [this](const Error& error) {
        if (platePicture()) {
            canvas_->setPicture({});
            canvas_->setMessage(errorText(error));
        }
    };
    connect(&loader_, &FrameLoader::failed, this, tellFailure);
    connect(&loader_, &FrameLoader::frameFailed, this,
            [this, tellFailure](qint64 frame, const Error& error) {
                if (frame == shown_.frame) {
                    tellFailure(error);
                }
            });
}

void FaceView::setMask(bool on) {
    maskOn_ = on;
    arrange();
}

void FaceView::setPlate(bool on) {
    if (plate_ == on) {
        return;
    }
    plate_ = on;
    canvas_->dropPolygon();  // its points are in pixels of the other picture
    plateButton_->setChecked(on);
    faceButton_->setChecked(!on);
    arrange();
}

void FaceView::forget(const QString& message) {
    shown_ = {};
    record_ = -1;
    crop_.reset();
    face_ = {};
    pictureReady_ = editReady_ = false;
    title_->clear();
    facts_->clear();
    canvas_->forgetFace();
    canvas_->setMaskOverlay(nullptr);
    canvas_->setPicture({});
    canvas_->setMessage(message);
}

void FaceView::openFrame(const FaceKey& frame) {
    model_->setSelection({});
    frame_ = frame;
    refresh();
}

// The frame that was opened, unless it has a face by now or another face was chosen.
bool FaceView::showFrame() {
    place_->setVisible(false);
    if (!frame_) {
        return false;
    }
    if (const int row = model_->rowOf(*frame_); row >= 0) {
        frame_.reset();
        model_->selectRows(row, row, false);
        model_->setCurrent(row);  // which shows it
        return false;
    }
    if (model_->selectedCount() > 0 || model_->performerOf(frame_->clip).empty()) {
        frame_.reset();
        return false;
    }
    title_->setText(tr("%1  frame %2").arg(model_->clipName(frame_->clip)).arg(frame_->frame));
    facts_->setText(
        tr("No face was found in this frame. Place one here, then drag it into place: "
           "All moves it, Turn turns and scales it."));
    place_->setVisible(true);
    if (shown_ != *frame_) {
        editReady_ = false;
        canvas_->forgetFace();
        shown_ = *frame_;
        record_ = -1;
        crop_.reset();
        pictureReady_ = true;
        arrange();
        readEditable();
    }
    return true;
}

void FaceView::refresh() {
    if (showFrame()) {
        return;
    }
    const int row = model_->current();
    if (row < 0) {
        forget(model_->rows() > 0 ? tr("Choose a face to see it large.") : QString());
        return;
    }
    const FaceItem& face = model_->face(row);
    title_->setText(tr("%1  frame %2").arg(model_->clipName(face.key.clip)).arg(face.key.frame));
    facts_->setText(
        (face.assigned ? whoseText(model_->performerOf(face)) + QStringLiteral("   ") : QString()) +
        factsOf(face));
    if (face.key == shown_ && face.record == record_) {
        return;
    }
    if (face.key != shown_) {
        editReady_ = false;
        canvas_->forgetFace();
    }
    shown_ = face.key;
    record_ = face.record;
    loadCrop(face);
    readEditable();
}

void FaceView::loadCrop(const FaceItem& face) {
    const auto pack = model_->packs().find(face.key.clip);
    if (pack == model_->packs().end() || face.record < 0) {
        crop_.reset();
        pictureReady_ = true;
        arrange();
        return;
    }
    pictureReady_ = false;
    runInBackground(
        this,
        [reader = pack->second, record = face.record]() -> Crop {
            const auto at = static_cast<size_t>(record);
            const auto mask = reader->mask(at);
            return {faceImage(*reader, record, reader->header().size),
                    reader->record(at),
                    {mask.begin(), mask.end()},
                    reader->header().size};
        },
        [this, key = face.key, record = face.record](Crop crop) {
            if (key == shown_ && record == record_) {
                crop_ = std::move(crop);
                pictureReady_ = true;
                arrange();
            }
        });
}

void FaceView::readEditable() {
    if (shown_.clip < 0) {
        return;
    }
    edits_->read(shown_, this,
                 [this, key = shown_, edits = localEdits_](Result<EditableFace> face) {
                     if (key != shown_ || edits != localEdits_ || canvas_->busy()) {
                         return;
                     }
                     if (face.ok()) {
                         takeEditable(std::move(*face));
                     } else {
                         canvas_->setMessage(errorText(face.error()));
                     }
                 });
}

void FaceView::takeEditable(EditableFace face) {
    const bool repaint = !editReady_ || !(face.painted == face_.painted) ||
                         face.plateWidth != paint_.width() || face.plateHeight != paint_.height();
    face_ = std::move(face);
    if (repaint) {
        paint_.open(face_.plateWidth, face_.plateHeight, face_.painted);
    }
    editReady_ = true;
    arrange();
}

// Plate pixels of the picture that is shown.
media::Affine FaceView::plateFromPicture() const {
    return platePicture() ? media::Affine{} : crop_->record.alignedFromFrame.inverse();
}

// Puts what is there into the canvas.
void FaceView::arrange() {
    if (shown_.clip < 0 || !pictureReady_) {
        return;
    }
    if (platePicture()) {
        showPlate();
    } else {
        canvas_->setPicture(crop_->image);
    }
    if (!editReady_ || canvas_->busy()) {
        return;
    }
    if (face_.there) {
        canvas_->setLandmarks(media::transformed(face_.landmarks, plateFromPicture().inverse()));
    } else {
        canvas_->clearLandmarks();
    }
    canvas_->setPlateScale(plateFromPicture().scale());
    renewOverlay({});
}

// An empty part: all of it.
void FaceView::renewOverlay(const QRect& part) {
    const QImage& picture = canvas_->picture();
    if (!(maskOn_ || tools_->masks()) || picture.isNull() || !paint_.isOpen()) {
        canvas_->setMaskOverlay(nullptr);
        return;
    }
    MaskLayers layers;
    layers.paint = &paint_;
    layers.plateFromPicture = plateFromPicture();
    QRect whole = picture.rect();
    if (crop_) {
        layers.mask = crop_->mask;
        layers.maskSide = crop_->side;
    }
    if (platePicture()) {  // no more than what has something to show
        whole = paint_.part();
        if (crop_) {
            layers.maskFromPicture = crop_->record.alignedFromFrame;
            whole = whole.united(
                bounds(layers.maskFromPicture.inverse(), QRectF(0, 0, crop_->side, crop_->side)));
        }
        whole &= picture.rect();
    }
    const bool grown = overlay_.size() != whole.size() || overlayOrigin_ != whole.topLeft();
    overlayOrigin_ = layers.origin = whole.topLeft();
    if (part.isEmpty() || grown) {
        overlay_ = QImage(whole.size(), QImage::Format_ARGB32_Premultiplied);
        overlay_.fill(Qt::transparent);
        paintMaskOverlay(overlay_, whole, layers);
    } else {
        paintMaskOverlay(overlay_, part, layers);
    }
    canvas_->setMaskOverlay(&overlay_, overlayOrigin_);
}

void FaceView::stroke(QPointF from, QPointF to) {
    if (!editReady_ || !paint_.isOpen()) {
        return;
    }
    const media::Affine toPlate = plateFromPicture();
    const QRect changed = paint_.strokeTo(toPlate({from.x(), from.y()}), toPlate({to.x(), to.y()}),
                                          tools_->radius(), tools_->softness());
    if (!changed.isEmpty()) {
        renewOverlay(bounds(toPlate.inverse(), QRectF(changed)));
    }
}

void FaceView::endStroke() {
    if (!editReady_ || !paint_.isOpen()) {
        return;
    }
    const media::MaskCorrection before = face_.painted;
    face_.painted = paint_.correction();
    edits_->paint(shown_, before, face_.painted);
}

void FaceView::fillPolygon(const QPolygonF& outline) {
    if (!editReady_ || !paint_.isOpen()) {
        return;
    }
    const media::Affine toPlate = plateFromPicture();
    QPolygonF onPlate;
    for (const QPointF& point : outline) {
        const media::Point at = toPlate({point.x(), point.y()});
        onPlate << QPointF(at.x, at.y);
    }
    ++localEdits_;
    paint_.beginStroke(tools_->brush());
    if (const QRect changed = paint_.fill(onPlate); !changed.isEmpty()) {
        renewOverlay(bounds(toPlate.inverse(), QRectF(changed)));
    }
    endStroke();
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
    const media::ReadAs as = clip->said;
    if (path != platePath_ || as != plateAs_ || display_->view() != plateView_) {
        platePath_ = path;
        plateAs_ = as;
        plateView_ = display_->view();
        loader_.setPath(path, as, plateView_);
    }
    const auto failure = loader_.failure(shown_.frame);
    const QImage picture = loader_.get(shown_.frame);
    const bool news = picture.cacheKey() != canvas_->picture().cacheKey();
    canvas_->setPicture(picture);  // never another frame's beneath these landmarks
    canvas_->setMessage(failure && !plate_
                            ? tr("The picture of this face is missing. What was decided and its "
                                 "landmarks are safe; find the faces of the clip again to rebuild "
                                 "it.")
                        : failure ? errorText(*failure)
                                  : tr("Reading the plate…"));
    if (news && editReady_) {
        renewOverlay({});
    }
}

void FaceView::useTool(FaceTool tool) {
    tools_->setTool(tool);
    renewOverlay({});
    canvas_->setFocus();
}

void FaceView::makeKey() {
    if (editReady_ && face_.there) {
        edits_->place(shown_, face_.landmarks, tr("Set key frame"));
    } else if (editReady_ && shown_.clip >= 0) {
        edits_->placeAsNearest(shown_);
        useTool(FaceTool::points);
        tools_->setGrip(PointGrip::whole);
    }
}

void FaceView::interpolate(bool following) {
    if (shown_.clip >= 0) {
        edits_->interpolate(shown_, model_->selection(), following);
    }
}

void FaceView::backToFound() {
    std::set<FaceKey> faces = model_->selection();
    if (faces.empty() && shown_.clip >= 0) {
        faces.insert(shown_);
    }
    edits_->backToFound(faces);
}

void FaceView::clearPainting() {
    if (editReady_) {
        edits_->paint(shown_, face_.painted, {});
    }
}

void FaceView::copyLandmarks() {
    if (editReady_ && face_.there) {
        copied_ = face_.landmarks;
    }
}

void FaceView::pasteLandmarks() {
    if (copied_ && shown_.clip >= 0) {
        edits_->place(shown_, *copied_, tr("Paste landmarks"));
    }
}

}  // namespace understudy::ui
