// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/panels/log_panel.h"

#include <QApplication>
#include <QClipboard>
#include <QHBoxLayout>
#include <QScrollBar>
#include <QTextBlock>
#include <QTextCursor>
#include <utility>

#include "training/client/job_process.h"
#include "training/client/json_log.h"
#include "ui/models/formatting.h"
#include "ui/panels/basics.h"
#include "ui/panels/choices.h"

namespace understudy::ui {

LogPanel::LogPanel(JobsModel* jobs, QWidget* parent) : QWidget(parent), jobs_(jobs) {
    setObjectName("logPanel");
    setMinimumSize(320, 120);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    auto* bar = new QWidget;
    auto* row = new QHBoxLayout(bar);
    row->setContentsMargins(8, 4, 8, 4);
    row->setSpacing(8);
    source_ = new QComboBox;
    source_->setObjectName("logSource");
    source_->setAccessibleName(tr("Log of"));
    source_->setMinimumWidth(220);
    row->addWidget(source_);
    level_ = new QComboBox;
    level_->setObjectName("logLevel");
    level_->setAccessibleName(tr("Level"));
    level_->addItems({tr("all lines"), tr("warnings and errors"), tr("errors")});
    row->addWidget(level_);
    words_ = new QLineEdit;
    words_->setObjectName("logWords");
    words_->setPlaceholderText(tr("only lines with these words"));
    words_->setClearButtonEnabled(true);
    row->addWidget(words_, 1);
    follow_ = new QCheckBox(tr("follow"));
    follow_->setObjectName("logFollow");
    follow_->setToolTip(tr("Stay at the end while lines come"));
    follow_->setChecked(true);
    row->addWidget(follow_);
    auto* copy = new QPushButton(tr("Copy"));
    copy->setObjectName("logCopy");
    copy->setToolTip(tr("What is selected, else all lines that are shown"));
    row->addWidget(copy);
    column->addWidget(bar);
    text_ = new QPlainTextEdit;
    text_->setObjectName("logText");
    text_->setReadOnly(true);
    text_->setUndoRedoEnabled(false);
    text_->setFrameShape(QFrame::NoFrame);
    text_->setFont(theme::font(theme::FontUse::numberCaption));
    text_->setLineWrapMode(QPlainTextEdit::NoWrap);
    text_->setMaximumBlockCount(static_cast<int>(LogFeed::kMostLines));
    column->addWidget(text_, 1);
    connect(source_, &QComboBox::activated, this, [this] {
        wanted_.clear();
        openSource();
    });
    connect(level_, &QComboBox::currentIndexChanged, this, &LogPanel::fill);
    connect(words_, &QLineEdit::textChanged, this, &LogPanel::fill);
    connect(copy, &QPushButton::clicked, this, &LogPanel::copyAll);
    connect(follow_, &QCheckBox::toggled, this, [this](bool follow) {
        if (follow) {
            text_->verticalScrollBar()->setValue(text_->verticalScrollBar()->maximum());
        }
    });
    connect(&feed_, &LogFeed::reset, this, &LogPanel::fill);
    connect(&feed_, &LogFeed::appended, this, &LogPanel::append);
    connect(jobs_, &JobsModel::changed, this, [this] {
        if (isVisible()) {
            fillSources();
        }
    });
    fillSources();
}

void LogPanel::showEvent(QShowEvent* event) {
    QWidget::showEvent(event);
    fillSources();
    openSource();
    feed_.setFollowing(true);
}

void LogPanel::hideEvent(QHideEvent* event) {
    QWidget::hideEvent(event);
    feed_.setFollowing(false);
}

void LogPanel::fillSources() {
    std::vector<Choice> choices = {{tr("service"), QString()}};
    for (const JobState& job : jobs_->jobs()) {
        choices.push_back({QStringLiteral("%1   %2").arg(text(job.info.title), job.stateText()),
                           text(job.info.job)});
    }
    setChoices(source_, choices);
    const int wanted = wanted_.isEmpty() ? -1 : source_->findData(wanted_);
    if (wanted >= 0) {
        wanted_.clear();
        source_->setCurrentIndex(wanted);
        openSource();
    } else if (source_->currentIndex() < 0) {
        source_->setCurrentIndex(0);
        openSource();
    }
}

void LogPanel::showJob(const QString& job) {
    wanted_ = job;
    fillSources();
    if (job.isEmpty()) {
        source_->setCurrentIndex(0);
        openSource();
    }
}

void LogPanel::openSource() {
    const JobState* job = jobs_->find(utf8(source_->currentData().toString()));
    if (job == nullptr) {
        feed_.open(training::serviceLog(), true);
        return;
    }
    training::StartJob start;
    start.kind = job->info.kind;
    start.project = job->info.project;
    start.run = job->info.run;
    start.clip = job->info.clip;
    feed_.open(training::logOfJob(start), false);
}

bool LogPanel::passes(const LogLine& line) const {
    const bool level = static_cast<int>(line.level) >= level_->currentIndex();
    const QString words = words_->text().trimmed();
    return level && (words.isEmpty() || line.text.contains(words, Qt::CaseInsensitive));
}

void LogPanel::fill() {
    text_->clear();
    text_->setPlaceholderText(feed_.lines().empty()
                                  ? tr("Nothing is logged yet: %1").arg(text(feed_.path().string()))
                                  : tr("No line is like that."));
    text_->setToolTip(text(feed_.path().string()));
    std::vector<const LogLine*> lines;
    for (const LogLine& line : feed_.lines()) {
        if (passes(line)) {
            lines.push_back(&line);
        }
    }
    addLines(lines);
}

void LogPanel::append(size_t count) {
    std::vector<const LogLine*> lines;
    const auto& all = feed_.lines();
    for (size_t i = all.size() - std::min(count, all.size()); i < all.size(); ++i) {
        if (passes(all[i])) {
            lines.push_back(&all[i]);
        }
    }
    addLines(lines);
}

// Where somebody reads stays where it is, unless the end is followed.
void LogPanel::addLines(const std::vector<const LogLine*>& lines) {
    QScrollBar* bar = text_->verticalScrollBar();
    const int at = bar->value();
    QTextCursor cursor(text_->document());
    cursor.movePosition(QTextCursor::End);
    cursor.beginEditBlock();
    bool first = text_->document()->isEmpty();
    for (const LogLine* line : lines) {
        QTextCharFormat look;
        look.setForeground(line->level == LogLevel::error     ? theme::kError
                           : line->level == LogLevel::warning ? theme::kWarning
                                                              : theme::kText);
        if (!std::exchange(first, false)) {
            cursor.insertBlock();
        }
        cursor.insertText(line->text, look);
    }
    cursor.endEditBlock();
    bar->setValue(follow_->isChecked() ? bar->maximum() : at);
}

void LogPanel::copyAll() {
    if (text_->textCursor().hasSelection()) {
        text_->copy();
    } else {
        QApplication::clipboard()->setText(text_->toPlainText());
    }
}

}  // namespace understudy::ui
