// SPDX-License-Identifier: GPL-3.0-or-later
// How a face is set into its plate: a field for each of the options that renderer and CLI take,
// what is rarely touched folded.
#pragma once

#include <QWidget>
#include <map>

#include "ui/models/render_order.h"
#include "ui/panels/basics.h"

namespace understudy::ui {

class LookForm : public QWidget {
    Q_OBJECT
  public:
    explicit LookForm(QWidget* parent = nullptr);

    // Emits nothing.
    void setLook(const Look& look);
    Look look() const;
    // "soft edge, mask", of options as differences() names them.
    static QString namesOf(const std::vector<std::string>& options);

  Q_SIGNALS:
    void changed();

  private:
    void add(QVBoxLayout* column, const training::LookOption& option);
    QWidget* modesOf(const training::LookOption& option);
    QWidget* numberOf(const training::LookOption& option);

    std::map<std::string, QWidget*> fields_;  // by option: a QComboBox or a QDoubleSpinBox
};

}  // namespace understudy::ui
