// SPDX-License-Identifier: GPL-3.0-or-later
// How a face is set into its plate: colour, mask, edge, and what is rarely touched, folded.
#pragma once

#include <QComboBox>
#include <QDoubleSpinBox>
#include <QWidget>
#include <map>

#include "ui/models/render_order.h"
#include "ui/panels/basics.h"

namespace understudy::ui {

class LookForm : public QWidget {
    Q_OBJECT
  public:
    explicit LookForm(QWidget* parent = nullptr);

    // Options that are not shown stay as they are given. Emits nothing.
    void setLook(const Look& look);
    Look look() const;
    // "soft edge, mask", of options as differences() names them.
    static QString namesOf(const std::vector<std::string>& options);

  Q_SIGNALS:
    void changed();

  private:
    QComboBox* addModes(QVBoxLayout* column, const QString& title, const char* name,
                        const std::vector<std::pair<QString, const char*>>& modes);
    void addNumber(QVBoxLayout* column, const std::string& option);

    QComboBox* color_;
    QComboBox* mask_;
    std::map<std::string, QDoubleSpinBox*> numbers_;  // by option
    Look given_;
};

}  // namespace understudy::ui
