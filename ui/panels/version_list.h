// SPDX-License-Identifier: GPL-3.0-or-later
// What can be looked at in Review: versions of clips, newest first, and swaps that are no version
// yet because they are being rendered or were not rendered to their end.
#pragma once

#include <QComboBox>
#include <QListWidget>
#include <QWidget>
#include <functional>
#include <vector>

#include "ui/models/frame_thumbnails.h"
#include "ui/models/project_session.h"
#include "ui/panels/picture_rows.h"

namespace understudy::ui {

struct Take {
    int64_t version = 0;  // 0: a swap that is no version
    QString name;         // "v003", or the file's name
    QString clip;
    QString run;
    QString out;      // absolute
    QString matte;    // absolute, or empty
    QString frames;   // of the plate, "1001-1010"; empty: all, or not known
    QString face;     // performer, or empty
    QString created;  // ISO 8601, UTC
    int64_t step = -1;
    QString icon;   // of its state
    QString state;  // "pending review", "incomplete: 10 of 48 frames"
    QString notes;  // "2 open notes"; empty: none
    media::VersionStatus status = media::VersionStatus::wip;  // of a version
    bool known = true;      // all its frames are there, as far as that is known
    bool playable = true;   // something of it is there
    bool replaced = false;  // its files are those of a later version now
    bool operator==(const Take&) const = default;
};

class VersionList : public QWidget {
    Q_OBJECT
  public:
    // Which frame shows what a take is; asked for takes that are seen.
    using PictureOf = std::function<FrameOfFile(const Take&)>;
    VersionList(FrameThumbnails* pictures, PictureOf pictureOf, QWidget* parent = nullptr);

    // Ordered as they are to be shown. What is chosen stays so where it is still there.
    void setTakes(std::vector<Take> takes);
    // Of the clip that is looked at, as they are listed.
    std::vector<Take> listed() const;
    const Take* current() const;
    void choose(const QString& out);

  Q_SIGNALS:
    void chosen();  // another one, or one that has changed

  private:
    void fill();
    void take(int row);
    PictureRow rowOf(int row) const;

    PictureOf pictureOf_;
    QWidget* top_;  // around the choice of the clip, where there are several
    QComboBox* clip_;
    QListWidget* list_;
    std::vector<Take> takes_;
    std::vector<size_t> rows_;  // of takes_
    QString out_;
};

// What it was made with: "r02   step 60,000".
QString madeText(const Take& take);
// "pending review   2 open notes".
QString standingText(const Take& take);
QString statusIcon(media::VersionStatus status);
QString statusText(media::VersionStatus status);

}  // namespace understudy::ui
