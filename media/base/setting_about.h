// What is told of a setting wherever it can be changed: on the command line, in the window.
#pragma once

namespace understudy {

struct SettingAbout {
    const char* key;    // "disk.warnGiB"
    const char* title;  // a few words
    const char* help;   // what it does and what may be given, one sentence or two
};

}  // namespace understudy
