// The devices of the machine and how busy they are, for people.
#pragma once

#include "app/cli/verbs.h"

namespace understudy::cli {

// Of `status`: its fields "devices" and "telemetry"; nothing where no service told them.
void printDevices(const Json& status);

}  // namespace understudy::cli
