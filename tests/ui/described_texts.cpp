// SPDX-License-Identifier: GPL-3.0-or-later
// Writes all that the window takes from libraries without Qt as a header for lupdate:
// ui_texts build/described_texts.h
#include <cstdio>
#include <string>

#include "media/base/file.h"
#include "ui/models/described.h"

namespace {

std::string quoted(const std::string& text) {
    std::string code = "\"";
    for (const char letter : text) {
        if (letter == '\n') {
            code += "\\n";
            continue;
        }
        if (letter == '"' || letter == '\\') {
            code += '\\';
        }
        code += letter;
    }
    return code + '"';
}

}  // namespace

int main(int count, char** words) {
    if (count != 2) {
        std::fprintf(stderr, "usage: ui_texts FILE.h\n");
        return 2;
    }
    std::string code = "#include <QtGlobal>\nconst char* const kDescribedTexts[] = {\n";
    for (const std::string& text : understudy::ui::describedTexts()) {
        code += "    QT_TRANSLATE_NOOP(" + quoted(understudy::ui::kDescribed) + ", " +
                quoted(text) + "),\n";
    }
    const auto written = understudy::writeFileAtomic(words[1], code + "};\n");
    if (!written.ok()) {
        std::fprintf(stderr, "%s\n", describe(written.error()).c_str());
        return 1;
    }
    return 0;
}
