// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/panels/written_list.h"

#include <QAction>
#include <QDesktopServices>
#include <QFileInfo>
#include <QKeyEvent>
#include <QPointer>
#include <QStyledItemDelegate>
#include <QUndoCommand>
#include <QUrl>

#include "ui/panels/icons.h"

namespace understudy::ui {
namespace {

constexpr int kRowHeight = 44;

class WrittenRow : public QStyledItemDelegate {
  public:
    using QStyledItemDelegate::QStyledItemDelegate;
    QSize sizeHint(const QStyleOptionViewItem&, const QModelIndex&) const override {
        return {200, kRowHeight};
    }

  protected:
    void initStyleOption(QStyleOptionViewItem* option, const QModelIndex& index) const override {
        QStyledItemDelegate::initStyleOption(option, index);
        const QString name = index.data(SwapListModel::IconRole).toString();
        option->icon = icon(name, theme::stateColor(name));
        option->features |= QStyleOptionViewItem::HasDecoration;
    }
};

class TakeOffCommand : public QUndoCommand {
  public:
    TakeOffCommand(SwapsModel* swaps, const QString& out)
        : QUndoCommand(WrittenList::tr("Take %1 off the list").arg(QFileInfo(out).fileName())),
          swaps_(swaps),
          out_(out) {}
    void redo() override { set(false); }
    void undo() override { set(true); }

  private:
    void set(bool listed) {
        if (swaps_) {
            swaps_->setListed(out_, listed);
        }
    }
    QPointer<SwapsModel> swaps_;
    QString out_;
};

}  // namespace

WrittenList::WrittenList(Studio& studio, QWidget* parent)
    : QWidget(parent), studio_(studio), model_(&studio.swaps) {
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    list_ = new QListView;
    list_->setObjectName("swapQueue");
    list_->setAccessibleName(tr("Written and being written"));
    list_->setModel(&model_);
    list_->setItemDelegate(new WrittenRow(list_));
    list_->setUniformItemSizes(true);
    list_->setTextElideMode(Qt::ElideMiddle);
    column->addWidget(list_, 1);
    nothing_ = label(tr("Nothing written yet."), theme::FontUse::body, theme::kSecond);
    nothing_->setAlignment(Qt::AlignCenter);
    column->addWidget(nothing_, 1);
    folder_ = new QPushButton(icon("folder"), tr("Open folder"));
    folder_->setObjectName("deliverOpenFolder");
    folder_->setToolTip(
        tipWithKey(tr("The folder of the result that is chosen"), QStringLiteral("Ctrl+Shift+O")));
    auto* row = new QHBoxLayout;
    row->setContentsMargins(8, 0, 8, 0);
    row->addStretch(1);
    row->addWidget(folder_);
    column->addLayout(row);
    menu_ = new QMenu(this);
    menu_->setObjectName("writtenMenu");
    menu_->addAction(tr("Open folder\tCtrl+Shift+O"), this, &WrittenList::openFolder);
    review_ = add(tr("Watch in Review"), &WrittenList::review);
    menu_->addSeparator();
    stop_ = add(tr("Stop\tDel"), &WrittenList::stop);
    again_ = add(tr("Try again\tR"), &WrittenList::tryAgain);
    log_ = add(tr("Show log\tL"), &WrittenList::showLog);
    menu_->addSeparator();
    off_ = add(tr("Take off the list\tDel"), &WrittenList::takeOff);
    off_->setToolTip(tr("The files stay where they are"));
    menu_->setToolTipsVisible(true);
    list_->setContextMenuPolicy(Qt::CustomContextMenu);
    list_->installEventFilter(this);
    connect(list_, &QWidget::customContextMenuRequested, this, &WrittenList::showMenu);
    connect(folder_, &QPushButton::clicked, this, &WrittenList::openFolder);
    connect(list_, &QListView::activated, this, &WrittenList::openFolder);
    connect(list_->selectionModel(), &QItemSelectionModel::currentChanged, this,
            &WrittenList::settle);
    refresh();
}

QAction* WrittenList::add(const QString& words, void (WrittenList::*act)()) {
    auto* action = new QAction(words, this);
    connect(action, &QAction::triggered, this, act);
    menu_->addAction(action);
    return action;
}

QAction* WrittenList::actionOf(int key) const {
    return key == Qt::Key_R        ? again_
           : key == Qt::Key_L      ? log_
           : key != Qt::Key_Delete ? nullptr
           : stop_->isEnabled()    ? stop_
                                   : off_;
}

// These are keys of the page as well: here the list has them.
bool WrittenList::eventFilter(QObject* watched, QEvent* event) {
    const bool isKey =
        event->type() == QEvent::ShortcutOverride || event->type() == QEvent::KeyPress;
    if (watched != list_ || !isKey) {
        return QWidget::eventFilter(watched, event);
    }
    const auto* key = static_cast<QKeyEvent*>(event);
    QAction* action = key->modifiers() == Qt::NoModifier ? actionOf(key->key()) : nullptr;
    if (action == nullptr) {
        return false;
    }
    if (event->type() == QEvent::KeyPress) {
        action->trigger();
    }
    event->accept();
    return true;
}

// Asked for by key, it stands at the row that is chosen.
void WrittenList::showMenu(const QPoint& at) {
    const bool onRow = list_->indexAt(at).isValid();
    if (onRow || list_->currentIndex().isValid()) {
        menu_->popup(list_->viewport()->mapToGlobal(
            onRow ? at : list_->visualRect(list_->currentIndex()).center()));
    }
}

void WrittenList::refresh() {
    model_.refresh();
    const bool any = model_.rowCount() > 0;
    if (any && !list_->currentIndex().isValid()) {
        list_->setCurrentIndex(model_.index(0));
    }
    list_->setVisible(any);
    nothing_->setVisible(!any);
    settle();
}

void WrittenList::settle() {
    const QModelIndex chosen = list_->currentIndex();
    const SwapRecord* swap = model_.swap(chosen);
    const JobState* job = model_.job(chosen);
    const bool editable = !studio_.session.readOnly();
    const bool active = job != nullptr && job->active();
    folder_->setEnabled(swap != nullptr);
    // Deliveries are versions that Review has already.
    review_->setEnabled(swap != nullptr && !active && swap->version.isEmpty());
    stop_->setEnabled(active && job->info.state != "stopping");
    again_->setEnabled(editable && job != nullptr && job->mayResume());
    log_->setEnabled(job != nullptr);
    off_->setEnabled(editable && swap != nullptr && !active);
}

void WrittenList::openFolder() const {
    if (const SwapRecord* swap = model_.swap(list_->currentIndex())) {
        QDesktopServices::openUrl(QUrl::fromLocalFile(QFileInfo(swap->out).absolutePath()));
    }
}

void WrittenList::stop() {
    const JobState* job = model_.job(list_->currentIndex());
    if (job == nullptr) {
        return;
    }
    const std::string id = job->info.job;
    if (studio_.dialogs->confirm(this, tr("Stop \"%1\"?").arg(text(job->info.title)),
                                 tr("It can be tried again later."), tr("Stop"))) {
        studio_.jobs.act(JobAction::stop, id);
    }
}

void WrittenList::tryAgain() {
    if (const JobState* job = model_.job(list_->currentIndex())) {
        studio_.jobs.act(JobAction::resume, job->info.job);
    }
}

void WrittenList::showLog() {
    if (const JobState* job = model_.job(list_->currentIndex())) {
        Q_EMIT logWanted(text(job->info.job));
    }
}

void WrittenList::review() {
    if (const SwapRecord* swap = model_.swap(list_->currentIndex())) {
        Q_EMIT reviewWanted(swap->out);
    }
}

void WrittenList::takeOff() {
    if (const SwapRecord* swap = model_.swap(list_->currentIndex())) {
        studio_.undo.push(new TakeOffCommand(&studio_.swaps, swap->out));
    }
}

}  // namespace understudy::ui
