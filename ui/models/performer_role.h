// SPDX-License-Identifier: GPL-3.0-or-later
// What a performer is in the project: whose face appears, on whose plates, or neither.
#pragma once

namespace understudy::ui {

enum class PerformerRole { source, destination, others };

}  // namespace understudy::ui
