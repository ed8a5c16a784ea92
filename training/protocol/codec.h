// Messages to JSON lines and back. NaN and infinities become null and come back as NaN; bytes that
// are not UTF-8 are replaced; unknown fields are ignored; nothing a peer sends is fatal.
#pragma once

#include <string>
#include <string_view>

#include "media/base/result.h"
#include "training/protocol/messages.h"

namespace understudy::training {

// {"message":"StartJob",…} without a line end.
std::string encode(const Message& message);

// Errors: usage for something that is no message (the text says what), among them a name that is
// not known: `Error::where` then holds the name.
Result<Message> decode(std::string_view line);

// The number of the request that a message is or answers; 0 of one that is neither.
int64_t requestOf(const Message& message);
// The same of a line that is not understood, where it can be read, so that whoever waits for the
// answer gets it.
int64_t requestIn(std::string_view line);

// "StartJob", ...
const char* messageName(const Message& message);

// Jobs and devices alone, as they stand in the messages, for files and for --json.
std::string devicesToJson(const DevicesListed& devices);
std::string jobInfoToJson(const JobInfo& info);
Result<JobInfo> jobInfoFromJson(std::string_view text);

}  // namespace understudy::training
