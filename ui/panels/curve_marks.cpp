// SPDX-License-Identifier: GPL-3.0-or-later
// The plotting library's header needs the short keywords.
#undef QT_NO_KEYWORDS

#include "ui/panels/curve_marks.h"

#include <qcustomplot.h>

#include <cmath>
#include <set>

#include "ui/models/formatting.h"
#include "ui/panels/option_field.h"
#include "ui/panels/theme.h"

namespace understudy::ui {
namespace {

constexpr int kBeside = 5;  // pixels between a line and its words

}  // namespace

CurveMarks::CurveMarks(QCustomPlot* plot) : plot_(plot) {
    checkpoints_ = plot_->addGraph();
    checkpoints_->setName(QCoreApplication::translate("CurveMarks", "checkpoint"));
    checkpoints_->setLineStyle(QCPGraph::lsNone);
    checkpoints_->setScatterStyle(QCPScatterStyle(
        QCPScatterStyle::ssTriangle, QPen(theme::kSecond, 1), QBrush(theme::kSecond), 7));
}

void CurveMarks::setChanges(const std::vector<training::PlanChange>& changes,
                            const std::vector<training::Rollback>& rollbacks) {
    std::map<int64_t, QStringList> words;
    std::set<int64_t> diverged;
    for (const auto& rollback : rollbacks) {
        diverged.insert(rollback.step);
        words[rollback.step] << QCoreApplication::translate("CurveMarks", "diverged, back to %1")
                                    .arg(countText(rollback.to));
    }
    for (const auto& change : changes) {
        words[change.step] << groupedOptionTitle(change.key).toLower() + ' ' + text(change.value);
    }
    for (auto mark = changes_.begin(); mark != changes_.end();) {
        if (words.contains(mark->first)) {
            ++mark;
            continue;
        }
        plot_->removeItem(mark->second.line);
        plot_->removeItem(mark->second.label);
        mark = changes_.erase(mark);
    }
    for (const auto& [step, list] : words) {
        Mark& mark = changes_[step];
        mark.words = list.join(QStringLiteral(", "));
        const bool astray = diverged.contains(step);
        if (mark.line == nullptr) {
            mark.line = new QCPItemLine(plot_);
            mark.line->setSelectable(false);
            mark.line->start->setTypeX(QCPItemPosition::ptPlotCoords);
            mark.line->end->setTypeX(QCPItemPosition::ptPlotCoords);
            mark.line->start->setTypeY(QCPItemPosition::ptAxisRectRatio);
            mark.line->end->setTypeY(QCPItemPosition::ptAxisRectRatio);
            mark.label = new QCPItemText(plot_);
            mark.label->setFont(theme::font(theme::FontUse::caption));
            mark.label->setPositionAlignment(Qt::AlignLeft | Qt::AlignTop);
            mark.label->setSelectable(false);
            mark.label->setPadding({kBeside, kBeside, 0, 0});
            mark.label->position->setTypeX(QCPItemPosition::ptPlotCoords);
            mark.label->position->setTypeY(QCPItemPosition::ptAxisRectRatio);
        }
        mark.line->setPen(
            QPen(astray ? theme::kWarning : theme::kHint, 0, astray ? Qt::DashLine : Qt::DotLine));
        mark.label->setColor(astray ? theme::kWarning : theme::kSecond);
    }
}

void CurveMarks::place(bool logarithmic, std::function<double(double)> placeOf) {
    placeOf_ = std::move(placeOf);
    placeCheckpoints(logarithmic);
    placeChanges();
}

void CurveMarks::placeCheckpoints(bool logarithmic) {
    QVector<double> x;
    QVector<double> y;
    const QCPRange range = plot_->yAxis->range();
    const double lift = logarithmic ? range.lower * std::pow(range.upper / range.lower, 0.02)
                                    : range.lower + range.size() * 0.02;
    for (const int64_t step : steps_) {
        x.push_back(placeOf_(static_cast<double>(step)));
        y.push_back(lift);
    }
    const bool inLegend = plot_->legend->hasItemWithPlottable(checkpoints_);
    if (x.isEmpty() && inLegend) {
        checkpoints_->removeFromLegend();
    } else if (!x.isEmpty() && !inLegend) {
        checkpoints_->addToLegend();
    }
    checkpoints_->setData(x, y, true);
}

// Words that would cover those of the line before or the legend, or run out of the plot, are left
// to the cursor's read-out.
void CurveMarks::placeChanges() {
    const QRect area = plot_->axisRect()->rect();
    const QFontMetrics metrics(theme::font(theme::FontUse::caption));
    double free = area.left();
    const double end = plot_->legend->visible() && plot_->legend->itemCount() > 0
                           ? std::min(area.right(), plot_->legend->outerRect().left() - kBeside)
                           : area.right();
    for (auto& [step, mark] : changes_) {
        const double at = placeOf_(static_cast<double>(step));
        const bool visible = plot_->xAxis->range().contains(at);
        mark.line->setVisible(visible);
        mark.line->start->setCoords(at, 0);
        mark.line->end->setCoords(at, 1);
        const double left = plot_->xAxis->coordToPixel(at) + kBeside;
        const int width = metrics.horizontalAdvance(mark.words);
        const bool room = left >= free && left + width <= end;
        mark.label->setVisible(visible && room);
        mark.label->setText(mark.words);
        mark.label->position->setCoords(at, 0);
        if (visible) {
            free = room ? left + width + kBeside : left;
        }
    }
}

std::optional<int64_t> CurveMarks::checkpointNear(double place, double reach) const {
    for (const int64_t each : steps_) {
        if (std::abs(placeOf_(static_cast<double>(each)) - place) < reach) {
            return each;
        }
    }
    return std::nullopt;
}

QString CurveMarks::changesNear(double place, double reach) const {
    for (const auto& [at, mark] : changes_) {
        if (std::abs(placeOf_(static_cast<double>(at)) - place) < reach) {
            return QCoreApplication::translate("CurveMarks", "step %1: %2")
                .arg(countText(at), mark.words);
        }
    }
    return {};
}

std::vector<int64_t> CurveMarks::changedSteps() const {
    std::vector<int64_t> steps;
    for (const auto& [step, mark] : changes_) {
        steps.push_back(step);
    }
    return steps;
}

}  // namespace understudy::ui
