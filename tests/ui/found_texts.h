// SPDX-License-Identifier: GPL-3.0-or-later
// What lupdate finds to translate, held against what the window asks for: a text that the one does
// not find, or finds elsewhere than the other asks, stays English for ever.
#pragma once

#include <QStringList>
#include <QTranslator>
#include <set>

namespace understudy::tests {

// "context: words" of all that lupdate finds in the sources and in what libraries say. Fails the
// test where lupdate does.
std::set<QString> foundTexts();

// Whatever is asked for while this lives, but for Qt's own words, which Qt brings translated.
class AskedTexts : public QTranslator {
  public:
    AskedTexts();
    ~AskedTexts() override;
    bool isEmpty() const override { return false; }
    QString translate(const char* context, const char* words, const char*, int) const override;

    size_t size() const { return asked_.size(); }
    QStringList missingIn(const std::set<QString>& found) const;

  private:
    mutable std::set<QString> asked_;
};

}  // namespace understudy::tests
