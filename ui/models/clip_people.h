// SPDX-License-Identifier: GPL-3.0-or-later
// Who was seen in a clip when it was searched.
#pragma once

#include <QString>
#include <vector>

#include "media/project/project.h"

namespace understudy::ui {

struct PersonInClip {
    int number = 1;  // as the command line counts
    int64_t frames = 0;
    int64_t first = 0;
    int64_t last = 0;
    double size = 0;  // plate pixels
    bool chosen = false;

    QString words() const;  // "Person 2: 48 frames (1001 to 1048), 150 px"
};

// The most seen first; none where nobody searched. On the project's thread.
Result<std::vector<PersonInClip>> peopleOf(const media::Project& project, const std::string& clip);

}  // namespace understudy::ui
