// SPDX-License-Identifier: GPL-3.0-or-later
// What of the window's look a program can judge. Each check gives one line for each thing that is
// wrong, naming the widget; none when all is well.
#pragma once

#include <QStringList>
#include <QWidget>

namespace understudy::tests {

// Labels, buttons, choices and fields whose text is wider or higher than their place, that reach
// out of what they lie in, or lie over each other.
QStringList cutTexts(const QWidget& shown);
// Buttons whose icon is null or shows nothing.
QStringList emptyIcons(const QWidget& shown);
// Pages with more than one button in the accent, or with one that is not at the bottom right.
QStringList strayAccents(const QWidget& window);
// Tabs that are underlined though their page is not shown, or not underlined though it is.
QStringList wrongTabs(const QWidget& window);
// Coloured pixels outside pictures and plots whose colour is not one that means something.
QStringList strayColors(QWidget& shown);
// Buttons and bars whose surface is not of one colour.
QStringList gradients(QWidget& shown);
// Numbers of five digits and more without separators; frames that count from 0.
QStringList bareNumbers(const QWidget& shown);
// Empty places without a title, a sentence or a button, or that are not in the middle.
QStringList barePlaces(const QWidget& shown);
// Messages that do not say what happened and what to do: fewer than two sentences and no button.
QStringList shortMessages(const QWidget& shown);
// The bar: pages in order, the project's state and the service's, each with words.
QStringList missingStates(const QWidget& window);

QStringList allFaults(QWidget& shown);

}  // namespace understudy::tests
