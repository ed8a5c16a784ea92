// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/panels/coverage_card.h"

#include <QHBoxLayout>
#include <QScrollArea>
#include <QVBoxLayout>

#include "ui/models/face_words.h"
#include "ui/models/formatting.h"
#include "ui/panels/basics.h"
#include "ui/panels/icons.h"

namespace understudy::ui {
namespace {

struct Compared {
    std::vector<media::CoverageFace> source;
    std::vector<media::CoverageFace> destination;
};

media::CoverageFace coverageFace(const FaceItem& face) {
    return {face.yaw, face.pitch, face.mouth, face.brightness, face.sharpness, face.size};
}

}  // namespace

CoverageCard::CoverageCard(FacesModel* model, ProjectSession* session, QWidget* parent)
    : QWidget(parent), model_(model), session_(session) {
    setObjectName("coverageCard");
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    auto* scroll = new QScrollArea;
    scroll->setFrameShape(QFrame::NoFrame);
    scroll->setWidgetResizable(true);
    scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    auto* inside = new QWidget;
    auto* row = new QHBoxLayout(inside);
    row->setContentsMargins(8, 4, 8, 4);
    row->setSpacing(8);
    icon_ = new QLabel;
    icon_->setFixedWidth(16);
    row->addWidget(icon_, 0, Qt::AlignTop);
    text_ = label({}, theme::FontUse::body);
    text_->setObjectName("coverageText");
    text_->setWordWrap(true);
    text_->setTextInteractionFlags(Qt::TextSelectableByMouse);
    text_->setFocusPolicy(Qt::NoFocus);
    row->addWidget(text_, 1, Qt::AlignTop);
    scroll->setWidget(inside);
    column->addWidget(scroll);
    wait_.setSingleShot(true);
    wait_.setInterval(200);
    connect(&wait_, &QTimer::timeout, this, &CoverageCard::refresh);
    const auto later = [this] { wait_.start(); };
    connect(model_, &FacesModel::layoutChanged, this, later);
    connect(model_, &FacesModel::statesChanged, this, later);
    connect(session_, &ProjectSession::changed, this, later);
    refresh();
}

QString CoverageCard::text() const {
    return text_->text();
}

void CoverageCard::show(const QStringList& sentences, bool warning) {
    icon_->setPixmap(iconPixmap(warning ? "warning" : "ok", 16,
                                warning ? theme::kWarning : theme::kSecond, devicePixelRatioF()));
    icon_->setVisible(!sentences.isEmpty() && model_->total() > 0);
    text_->setText(sentences.join(QStringLiteral("\n\n")));
}

void CoverageCard::refresh() {
    const int generation = ++generation_;
    const std::string source = session_->snapshot().source;
    const std::string destination = session_->snapshot().destination;
    Compared compared;
    for (const FaceItem& face : model_->all()) {
        if (!face.counts()) {
            continue;
        }
        const std::string& performer = model_->performers()[static_cast<size_t>(face.performer)];
        if (performer == source) {
            compared.source.push_back(coverageFace(face));
        } else if (performer == destination) {
            compared.destination.push_back(coverageFace(face));
        }
    }
    if (compared.source.empty() || compared.destination.empty()) {
        show({model_->total() == 0
                  ? tr("Once both performers have faces, this says what one lacks of the other.")
              : source.empty() || destination.empty()
                  ? tr("Import clips of a second performer to compare the two.")
                  : tr("%1 has no faces yet. Find them in a clip, then the two are compared.")
                        .arg(ui::text(compared.source.empty() ? source : destination))},
             true);
        return;
    }
    working_ = true;
    runInBackground(
        this,
        [compared = std::move(compared)] {
            return media::coverageOf(compared.destination, compared.source);
        },
        [this, generation, from = ui::text(destination),
         to = ui::text(source)](const media::Coverage& coverage) {
            if (generation != generation_) {
                return;
            }
            working_ = false;
            if (coverage.complete()) {
                show({tr("%1's faces cover all that %2 shows: turns, mouth, light and detail.")
                          .arg(to, from)},
                     false);
                return;
            }
            QStringList sentences = coverageSentences(coverage, from, to);
            sentences << tr("Shoot or add footage of %1 that has it, or expect a weak swap there.")
                             .arg(to);
            show(sentences, true);
        });
}

}  // namespace understudy::ui
