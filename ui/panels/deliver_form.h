// SPDX-License-Identifier: GPL-3.0-or-later
// What is to be written: clips, of each a version or a run, its frames and its look; the form and
// the names of all of them.
#pragma once

#include <QCheckBox>
#include <QComboBox>
#include <QListWidget>
#include <QPushButton>
#include <QSpinBox>
#include <QTimer>
#include <QWidget>

#include "ui/models/delivery_rows.h"
#include "ui/models/studio.h"
#include "ui/panels/frames_field.h"
#include "ui/panels/look_form.h"
#include "ui/panels/model_field.h"
#include "ui/panels/name_field.h"

namespace understudy::ui {

class DeliverForm : public QWidget {
    Q_OBJECT
  public:
    explicit DeliverForm(Studio& studio, QWidget* parent = nullptr);

    // After any change of the project or its versions.
    void refresh();
    // What is to be looked at and made; they tick its clip, and it alone. Without a clip a run is
    // for the one that is looked at, or for one of the run's where that is of another performer.
    void chooseClip(const QString& clip);
    void chooseRun(const QString& run, const QString& clip = {});
    void chooseVersion(int64_t version);
    // The look of a version is to be changed; what was changed of it already stays.
    void changeLook(int64_t version);
    // Of the clip that is looked at; all of them where it is the whole.
    void setRange(int64_t first, int64_t last);

    QString clip() const;  // that is looked at; empty: none
    // Of the ticked clips, named as far as they can be; problem() says why not.
    const std::vector<RenderOrder>& orders() const { return orders_; }
    // Of the clip that is looked at, ticked or not; nothing where it cannot be rendered.
    std::optional<RenderOrder> shownOrder() const;
    const std::optional<Error>& problem() const { return problem_; }
    training::DeliveryFormat format() const;
    // Writes into the project what was chosen, where that has not been done yet.
    void keep();

  Q_SIGNALS:
    void changed();
    void clipChosen();
    void folderRequested();

  private:
    using Row = DeliveryRow;
    static constexpr int kClipRole = Qt::UserRole;  // of the list's items

    QWidget* buildClips();
    void buildWhat(QVBoxLayout* column);
    void buildForm(QVBoxLayout* column);
    void buildHow(QVBoxLayout* column);
    void load();
    Row& edit();
    void edited();
    void fillClips();
    void fillSources();
    void showRow();
    void takeSource();
    Row freshRow(const media::ClipRecord& clip) const;
    bool stillThere(const Row& row) const;
    const media::ClipRecord* clipRecord(const QString& name) const;
    std::optional<RenderOrder> orderOf(const media::ClipRecord& clip, const Row& row) const;
    QString wordsOf(const media::ClipRecord& clip, const Row& row) const;
    std::optional<Error> noBest(const Row& row) const;
    void settle();
    void showNames();
    void showFrames(const std::optional<RenderOrder>& shown);
    void showDifference();

    Studio& studio_;
    DeliveryChoices chosen_;
    bool unkept_ = false;  // somebody has changed them
    QTimer keep_;
    std::vector<RenderOrder> orders_;
    std::optional<Error> problem_;
    bool filling_ = false;
    QListWidget* clips_;
    QComboBox* source_;
    ModelField* model_;
    FramesField* frames_;
    QComboBox* format_;
    QWidget* qualityRow_;
    QSpinBox* quality_;
    QCheckBox* matte_;
    QCheckBox* rejected_;
    LookForm* look_;
    QLabel* difference_;
    QPushButton* back_;
    NameField* name_;
};

}  // namespace understudy::ui
