// SPDX-License-Identifier: GPL-3.0-or-later
// What can be done from the previews and after a failure.
#include <algorithm>

#include "training/plan/preview_faces.h"
#include "ui/models/background.h"
#include "ui/models/face_words.h"
#include "ui/models/formatting.h"
#include "ui/workspaces/train_page.h"

namespace understudy::ui {
namespace {

// As many of them as can share the batch evenly, in the parts that the plan wants.
QStringList thatShare(QStringList devices, const training::Plan& plan) {
    const auto fits = [&plan](qsizetype count) {
        const int ranks = static_cast<int>(count);
        return plan.batch % ranks == 0 && training::checkParts(plan, ranks).ok();
    };
    while (devices.size() > 1 && !fits(devices.size())) {
        devices.removeLast();
    }
    return devices;
}

}  // namespace

void TrainPage::zoom(double factor) {
    if (board_->isAncestorOf(focusWidget())) {
        board_->view()->zoom(factor);
    } else {
        curves_->zoom(factor);
    }
}

void TrainPage::fillFacesMenu() {
    QMenu* menu = board_->facesMenu();
    menu->clear();
    const QStringList selected = selectedFaceNames(studio_.faces);
    QAction* take = menu->addAction(selected.isEmpty()
                                        ? tr("Show the faces that are selected in Faces")
                                        : tr("Show the %1 selected in Faces").arg(selected.size()),
                                    [this, selected] { showFaces(selected); });
    take->setEnabled(!selected.isEmpty());
    menu->addAction(tr("Select faces…"), [this] { Q_EMIT goTo(PageId::faces); });
    if (const QString face = board_->faceOfMenu(); !face.isEmpty()) {
        menu->addSeparator();
        menu->addAction(tr("Show %1 no more").arg(face), [this, face] {
            QStringList left;
            for (const std::string& shown : board_->view()->sheet()->info.faces) {
                left << text(shown);
            }
            left.removeAll(face);
            showFaces(left);
        });
    }
    menu->addSeparator();
    menu->addAction(tr("Some that are never trained on"), [this] { showFaces({}); });
}

void TrainPage::showFaces(const QStringList& faces) {
    Q_EMIT goTo(PageId::train);
    constexpr auto kMost = static_cast<qsizetype>(training::kMostPreviewFaces);
    if (faces.size() > kMost) {
        messages()->show(MessageBar::Kind::warning,
                         tr("%1 faces are selected, and previews show at most %2. Select fewer.")
                             .arg(faces.size())
                             .arg(kMost));
        return;
    }
    if (studio_.session.readOnly()) {
        messages()->show(
            MessageBar::Kind::error,
            tr("This project cannot be written. Copy its folder to another disk and open "
               "that, to choose other faces."));
        return;
    }
    std::vector<std::string> names;
    for (const QString& face : faces) {
        names.push_back(utf8(face));
    }
    if (!studio_.run.hasRun()) {
        facesOfNext_ = names;
        messages()->show(MessageBar::Kind::note,
                         tr("The previews of the new run show these faces."));
        return;
    }
    runInBackground(
        this,
        [run = studio_.run.folder(), names] {
            return training::writePreviewFaces(run.previewFaces(), names);
        },
        [this](const Status& status) {
            if (!status.ok()) {
                showError(status.error());
                return;
            }
            messages()->show(MessageBar::Kind::note, tr("The next preview shows these faces."));
            actOnJob(JobAction::preview);
        });
}

// A device that failed leaves others to go on with.
void TrainPage::tellFailure(const JobState& ended) {
    const training::JobInfo& info = ended.info;
    const QString words = errorText(*info.error);
    const std::string left = devicesLeft(info);
    if (left.empty()) {
        messages()->show(MessageBar::Kind::error, words, tr("Show log"),
                         [this, id = text(info.job)] { Q_EMIT logWanted(id); });
        return;
    }
    QStringList titles;
    for (const DeviceState& device : studio_.devices.devices()) {
        if (text(left).split(',').contains(device.planName())) {
            titles << device.title();
        }
    }
    messages()->show(MessageBar::Kind::error, words, tr("Go on with %1").arg(titles.join(", ")),
                     [this, run = text(info.run), left] {
                         chooseRun(run);
                         goOnWithDevices(left);
                     });
}

// Empty: no device failed, or nothing is known of the run.
std::string TrainPage::devicesLeft(const training::JobInfo& job) const {
    const auto& plan = studio_.run.plan();
    if (!plan || utf8(studio_.run.name()) != job.run || !job.error ||
        job.error->code != static_cast<int>(ErrorCode::transient)) {
        return {};
    }
    const auto failed = [&job](const DeviceState& device) {
        return device.vanished || (device.isGpu() && (job.error->where == utf8(device.planName()) ||
                                                      job.error->where == device.info.id));
    };
    const QStringList planned = text(plan->devices).split(',');
    QStringList left;
    QStringList others;
    bool lost = false;
    for (const DeviceState& device : studio_.devices.devices()) {
        const bool used = job.devices.empty() ? planned.contains(device.planName())
                                              : std::find(job.devices.begin(), job.devices.end(),
                                                          device.info.id) != job.devices.end();
        lost |= failed(device) && (used || plan->devices == "auto" || plan->devices == "all");
        if (failed(device)) {
            continue;
        }
        if (used) {
            left << device.planName();
        } else if (device.isGpu() && !device.info.reserved) {
            others << device.planName();
        }
    }
    if (!lost) {
        return {};
    }
    if (left.isEmpty()) {
        left = others.isEmpty() ? QStringList{QStringLiteral("cpu")} : others.mid(0, 1);
    }
    return utf8(thatShare(left, *plan).join(','));
}

void TrainPage::goOnWithDevices(const std::string& devices) {
    if (const auto& plan = studio_.run.plan()) {
        training::RunRequest request{utf8(studio_.run.name()), *plan, true};
        request.plan.devices = devices;
        prepare(std::move(request));
    }
}

}  // namespace understudy::ui
