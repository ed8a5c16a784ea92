// SPDX-License-Identifier: GPL-3.0-or-later
// How faces are searched for, folded away: the options of the command line, made from the same
// descriptions.
#pragma once

#include <QWidget>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "ui/panels/option_field.h"

namespace understudy::ui {

class FoldSection;

class SearchForm : public QWidget {
    Q_OBJECT
  public:
    explicit SearchForm(QWidget* parent = nullptr);

    // As chosen before, by option; what is not there is as usual.
    void setChosen(const std::map<std::string, std::string>& chosen);
    // Words of the command line. Nothing where a value cannot be: it says so at its field, and
    // opens.
    std::optional<std::vector<std::string>> arguments();

  Q_SIGNALS:
    // For later searches too.
    void chosen(const std::string& option, const std::string& value);

  private:
    bool check(OptionField* field);

    FoldSection* fold_;
    std::vector<OptionField*> fields_;
};

}  // namespace understudy::ui
