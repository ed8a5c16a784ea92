// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/panels/model_field.h"

#include <QVBoxLayout>
#include <algorithm>
#include <tuple>

#include "ui/models/formatting.h"
#include "ui/panels/basics.h"
#include "ui/panels/choices.h"

namespace understudy::ui {
namespace {

constexpr int kTitleWidth = 72;

QVariant dataOf(int64_t checkpoint) {
    return static_cast<qlonglong>(checkpoint);
}

}  // namespace

ModelField::ModelField(QWidget* parent) : QWidget(parent) {
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(6);
    const auto add = [&](const QString& title, const char* name, const QString& tip) {
        auto* line = new QWidget;
        auto* row = new QHBoxLayout(line);
        row->setContentsMargins(0, 0, 0, 0);
        QLabel* words = label(title, theme::FontUse::body, theme::kSecond);
        words->setMinimumWidth(kTitleWidth);
        row->addWidget(words);
        auto* combo = new QComboBox;
        combo->setObjectName(name);
        combo->setAccessibleName(title);
        combo->setToolTip(tip);
        combo->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
        row->addWidget(combo, 1);
        column->addWidget(line);
        connect(combo, &QComboBox::activated, this, &ModelField::edited);
        return std::pair(line, combo);
    };
    checkpoint_ = add(tr("Checkpoint"), "deliverCheckpoint",
                      tr("Which state of the training a new version is made with. The best is the "
                         "one of the lowest validation loss"))
                      .second;
    std::tie(faceRow_, face_) =
        add(tr("Face"), "deliverFace", tr("Whose face appears, of those that the run has learned"));
}

void ModelField::show(const RunContents& contents, int64_t checkpoint, const std::string& face) {
    std::vector<Choice> steps = {{tr("newest"), dataOf(kNewestCheckpoint)}};
    if (contents.best) {
        steps.push_back(
            {tr("best: step %1").arg(countText(*contents.best)), dataOf(kBestCheckpoint)});
    }
    for (auto step = contents.checkpoints.rbegin(); step != contents.checkpoints.rend(); ++step) {
        QString words = tr("step %1").arg(countText(*step));
        if (const auto loss = contents.validation.find(*step); loss != contents.validation.end()) {
            words += tr("   validation %1").arg(lossText(loss->second));
        }
        steps.push_back({words, dataOf(*step)});
    }
    const bool listed = std::any_of(steps.begin(), steps.end(), [&](const Choice& each) {
        return each.data == dataOf(checkpoint);
    });
    if (!listed) {  // it may be gone, or not be seen yet
        steps.push_back(
            {checkpoint == kBestCheckpoint ? tr("best") : tr("step %1").arg(countText(checkpoint)),
             dataOf(checkpoint)});
    }
    setChoices(checkpoint_, steps);
    checkpoint_->setCurrentIndex(checkpoint_->findData(dataOf(checkpoint)));
    std::vector<Choice> faces;
    for (const std::string& name : contents.faces) {
        // What is not said is the run's source.
        faces.push_back({text(name), faces.empty() ? QString() : text(name)});
    }
    setChoices(face_, faces);
    face_->setCurrentIndex(std::max(0, face_->findData(text(face))));
    faceRow_->setVisible(faces.size() > 1);
    setEnabled(true);
}

void ModelField::showVersion(int64_t step, const std::string& face) {
    const QString made = step < 0 ? tr("not known") : tr("step %1").arg(countText(step));
    setChoices(checkpoint_, std::vector{Choice{made, dataOf(step)}});
    checkpoint_->setCurrentIndex(0);
    setChoices(face_, std::vector{Choice{text(face), text(face)}});
    face_->setCurrentIndex(0);
    faceRow_->setVisible(!face.empty());
    setEnabled(false);
}

int64_t ModelField::checkpoint() const {
    return checkpoint_->currentIndex() < 0 ? kNewestCheckpoint
                                           : checkpoint_->currentData().toLongLong();
}

std::string ModelField::face() const {
    return utf8(face_->currentData().toString());
}

}  // namespace understudy::ui
