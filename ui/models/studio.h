// SPDX-License-Identifier: GPL-3.0-or-later
// What the pages share, built once by the window and passed down: the open project, its faces, the
// jobs, the run that is looked at, undo, settings and the way to ask a person.
#pragma once

#include <QUndoStack>
#include <memory>

#include "ui/models/delivery_names.h"
#include "ui/models/devices_model.h"
#include "ui/models/display_choice.h"
#include "ui/models/edits.h"
#include "ui/models/faces_model.h"
#include "ui/models/formatting.h"
#include "ui/models/frame_decoder.h"
#include "ui/models/job_gateway.h"
#include "ui/models/jobs_model.h"
#include "ui/models/plate_watch.h"
#include "ui/models/project_session.h"
#include "ui/models/results_on_disk.h"
#include "ui/models/run_contents.h"
#include "ui/models/run_model.h"
#include "ui/models/swaps_model.h"
#include "ui/models/thumbnail_cache.h"
#include "ui/models/ui_settings.h"
#include "ui/models/user_dialogs.h"
#include "ui/models/versions_model.h"

namespace understudy::ui {

struct Studio {
    Studio(JobGateway* jobGateway, UserDialogs* userDialogs, UiSettings* uiSettings)
        : dialogs(userDialogs),
          settings(uiSettings),
          display(uiSettings),
          jobs(jobGateway),
          devices(&session, &jobs),
          faces(&session, &undo),
          plates(&session),
          results(&session, &jobs),
          swaps(&session, &jobs, &results),
          versions(&session, &undo),
          names(&session, &versions, &swaps, &results),
          shelf(&session, &jobs) {
        undo.setUndoLimit(500);
        // Later: a command may be at work, and what it does may be what lets another pass.
        const auto drop = [this] { dropPassed(undo); };
        QObject::connect(&undo, &QUndoStack::indexChanged, &undo, drop, Qt::QueuedConnection);
        QObject::connect(&jobs, &JobsModel::changed, &undo, drop, Qt::QueuedConnection);
        QObject::connect(&run, &RunModel::runChanged, &undo, drop, Qt::QueuedConnection);
        // A search ends with pictures, which change nothing in the document.
        QObject::connect(&jobs, &JobsModel::jobEnded, &faces, [this](const QString& id) {
            const JobState* job = jobs.find(utf8(id));
            if (job != nullptr && job->info.kind == "extract") {
                thumbnails.clear();  // cut anew, under the same numbers
                faces.reload();
            }
        });
    }

    UserDialogs* dialogs;
    UiSettings* settings;
    DisplayChoice display;
    QUndoStack undo;
    ProjectSession session;
    JobsModel jobs;
    DevicesModel devices;
    FacesModel faces;
    ThumbnailCache thumbnails;
    std::shared_ptr<QThreadPool> decoding = makeDecodeThreads();  // of all viewers
    RunModel run;
    PlateWatch plates;
    ResultsOnDisk results;
    SwapsModel swaps;
    VersionsModel versions;
    DeliveryNames names;
    RunShelf shelf;
};

}  // namespace understudy::ui
