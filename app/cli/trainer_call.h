// The trainer run to its end for one answer: what needs LibTorch and is over in a minute or so, no
// job of the queue.
#pragma once

#include <QStringList>

#include "app/cli/verbs.h"
#include "media/base/result.h"

namespace understudy::cli {

// What it found out. Its words on the way go to stderr. Errors: its own; environment when it cannot
// be started or says nothing.
Result<Json> callTrainer(QStringList arguments);

}  // namespace understudy::cli
