// SPDX-License-Identifier: GPL-3.0-or-later
// Records, changes and takes away what performers agreed to; each can be undone, and each leaves a
// line in the project's audit log.
#pragma once

#include <QObject>
#include <QUndoStack>
#include <optional>

#include "media/project/consent_record.h"
#include "ui/models/project_session.h"

namespace understudy::ui {

class ConsentEdits : public QObject {
    Q_OBJECT
  public:
    ConsentEdits(ProjectSession* session, QUndoStack* undo, QObject* parent = nullptr);

    // A new one where its id is 0. The sheet is read for its hash first.
    void put(const media::ConsentRecord& consent);
    void remove(const media::ConsentRecord& consent);

    // From one to the other; nothing: it is not there. For the undo commands.
    void write(const std::optional<media::ConsentRecord>& before,
               const std::optional<media::ConsentRecord>& after);

  Q_SIGNALS:
    void failed(const understudy::Error& error);  // nothing was changed

  private:
    std::optional<media::ConsentRecord> known(int64_t id) const;

    ProjectSession* session_;
    QUndoStack* undo_;
};

}  // namespace understudy::ui
