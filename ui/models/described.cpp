// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/described.h"

#include <QCoreApplication>
#include <algorithm>
#include <cctype>

#include "training/client/machine_settings.h"
#include "training/look/look_options.h"
#include "training/look/render_options.h"
#include "training/plan/search_options.h"
#include "training/prepare/delivery.h"
#include "training/prepare/name_template.h"
#include "training/prepare/project_settings.h"
#include "ui/models/formatting.h"

namespace understudy::ui {
namespace {

struct OptionText {
    Q_DECLARE_TR_FUNCTIONS(OptionText)
};

std::string titleInEnglish(const std::string& key) {
    const size_t dot = key.rfind('.');
    std::string title;
    for (const char letter : dot == std::string::npos ? key : key.substr(dot + 1)) {
        const bool upper = std::isupper(static_cast<unsigned char>(letter)) != 0;
        if (title.empty()) {
            title += static_cast<char>(std::toupper(static_cast<unsigned char>(letter)));
        } else {
            title += upper ? " " : "";
            title += static_cast<char>(std::tolower(static_cast<unsigned char>(letter)));
        }
    }
    return title;
}

// "loss.eyesMouth" -> "Loss"; empty: it is of none.
std::string groupInEnglish(const std::string& key) {
    const size_t dot = key.find('.');
    const std::string group = dot == std::string::npos ? std::string() : key.substr(0, dot);
    return group == "gan" ? "GAN" : titleInEnglish(group);
}

}  // namespace

QString said(const std::string& words) {
    return words.empty() ? QString() : QCoreApplication::translate(kDescribed, words.c_str());
}

QString optionTitle(const std::string& key) {
    return said(titleInEnglish(key));
}

QString groupedOptionTitle(const std::string& key) {
    const std::string group = groupInEnglish(key);
    return group.empty() ? optionTitle(key)
                         : QStringLiteral("%1: %2").arg(said(group), optionTitle(key).toLower());
}

QString optionWords(const std::string& key, const QString& value) {
    const QString title = groupedOptionTitle(key);
    const auto& options = training::planOptions();
    const auto option = std::find_if(options.begin(), options.end(),
                                     [&key](const auto& each) { return each.key == key; });
    if (option != options.end() && option->kind == training::OptionInfo::Kind::boolean) {
        return value == QStringLiteral("true") ? OptionText::tr("%1 on").arg(title)
                                               : OptionText::tr("%1 off").arg(title);
    }
    return value.isEmpty() ? OptionText::tr("%1: none").arg(title)
                           : OptionText::tr("%1 %2").arg(title, value);
}

QString valueWanted(const training::OptionInfo& info) {
    using Kind = training::OptionInfo::Kind;
    switch (info.kind) {
        case Kind::integer:
            return OptionText::tr("Give a whole number from %1 to %2")
                .arg(info.least)
                .arg(info.most);
        case Kind::real:
            return OptionText::tr("Give a number from %1 to %2").arg(info.least).arg(info.most);
        case Kind::choice: {
            QStringList choices;
            for (const std::string& choice : info.choices) {
                choices << text(choice);
            }
            return OptionText::tr("Give one of %1").arg(choices.join(QStringLiteral(", ")));
        }
        case Kind::boolean:
            return OptionText::tr("Give yes or no");
        case Kind::text:
            break;
    }
    return OptionText::tr("Give a shorter text");
}

std::set<std::string> describedTexts() {
    std::set<std::string> texts;
    for (const training::OptionInfo& option : training::planOptions()) {
        texts.insert({titleInEnglish(option.key), groupInEnglish(option.key), option.help});
    }
    for (const training::SearchOption& option : training::searchOptions()) {
        texts.insert({option.title, option.info.help});
    }
    for (const training::LookOption& option : training::lookOptions()) {
        texts.insert({option.title, option.help, option.unit});
        for (const training::LookChoice& choice : option.choices) {
            texts.insert(choice.title);
        }
    }
    for (const auto& settings : {training::projectSettings(), training::machineSettings()}) {
        for (const SettingAbout& about : settings) {
            texts.insert({about.title, about.help});
        }
    }
    for (const training::DeliveryFormat& format : training::deliveryFormats()) {
        texts.insert(format.says);
    }
    texts.insert({training::kQualityHelp, training::kRejectedHelp});
    for (const auto& token : training::nameTokens()) {
        texts.insert(token.says);
    }
    if (const auto presets = training::presets(); presets.ok()) {
        for (const training::PresetInfo& preset : *presets) {
            texts.insert({preset.title, preset.help});
        }
    }
    texts.erase(std::string());
    return texts;
}

}  // namespace understudy::ui
