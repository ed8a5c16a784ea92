// SPDX-License-Identifier: GPL-3.0-or-later
// Words that the window takes from libraries without Qt, as titles and helps of options, settings
// and presets: the user reads them in their language, whatever the library and its keys say.
// CONTRIBUTING.md says how translators get all of them.
#pragma once

#include <QString>
#include <set>
#include <string>

#include "training/plan/plan.h"

namespace understudy::ui {

constexpr const char* kDescribed = "Described";  // the context of their translations

QString said(const std::string& words);

// "eyesMouth" -> "Eyes mouth"; the part after the dot.
QString optionTitle(const std::string& key);
// "loss.eyesMouth" -> "Loss: eyes mouth", where options of several groups stand side by side.
QString groupedOptionTitle(const std::string& key);
// "Resolution 256", "Keep best off", "Others: none": an option with this value, for a history.
QString optionWords(const std::string& key, const QString& value);
// What may be given: "Give a number from 0 to 1", for a value that cannot be.
QString valueWanted(const training::OptionInfo& info);

// All that said() is asked for.
std::set<std::string> describedTexts();

}  // namespace understudy::ui
