// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/panels/search_form.h"

#include <QVBoxLayout>

#include "training/plan/search_options.h"
#include "ui/models/described.h"
#include "ui/models/formatting.h"
#include "ui/panels/basics.h"

namespace understudy::ui {
namespace {

// Chosen for one clip among its people, and for one search.
bool isOfTheForm(const std::string& key) {
    return key != "person";
}

bool isKept(const std::string& key) {
    return key != "replace-imported";
}

}  // namespace

SearchForm::SearchForm(QWidget* parent) : QWidget(parent) {
    setObjectName("searchForm");
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    fold_ = new FoldSection(tr("Finding faces: options"));
    fold_->setObjectName("searchOptions");
    column->addWidget(fold_);
    for (const training::SearchOption& option : training::searchOptions()) {
        if (!isOfTheForm(option.info.key)) {
            continue;
        }
        auto* field = new OptionField(option.info, said(option.title), true);
        field->setValue(text(option.standard));
        fold_->body()->addWidget(field);
        fields_.push_back(field);
        connect(field, &OptionField::edited, this, [this, field] {
            if (check(field) && isKept(field->info().key)) {
                Q_EMIT chosen(field->info().key, utf8(field->value()));
            }
        });
    }
}

void SearchForm::setChosen(const std::map<std::string, std::string>& chosen) {
    for (OptionField* field : fields_) {
        const std::string& key = field->info().key;
        if (!isKept(key)) {
            continue;
        }
        const auto found = chosen.find(key);
        const QString value =
            text(found != chosen.end() ? found->second : training::searchOption(key).standard);
        if (!field->isAncestorOf(focusWidget()) && field->value() != value) {
            field->setValue(value);
        }
    }
}

bool SearchForm::check(OptionField* field) {
    const training::OptionInfo& info = field->info();
    bool good = true;
    if (info.kind == training::OptionInfo::Kind::real && !field->value().isEmpty()) {
        const double value = field->value().toDouble(&good);
        good = good && value >= info.least && value <= info.most;
    }
    field->setRefused(!good);
    return good;
}

std::optional<std::vector<std::string>> SearchForm::arguments() {
    std::vector<std::string> words;
    for (OptionField* field : fields_) {
        if (!check(field)) {
            fold_->setOpen(true);
            return std::nullopt;
        }
        const std::string value = utf8(field->value());
        const std::string word = "--" + field->info().key;
        if (field->info().kind == training::OptionInfo::Kind::boolean) {
            if (value == "true") {
                words.push_back(word);
            }
        } else if (!value.empty()) {
            words.insert(words.end(), {word, value});
        }
    }
    return words;
}

}  // namespace understudy::ui
