// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/window/native_dialogs.h"

#include <QCoreApplication>
#include <QFileDialog>
#include <QMessageBox>
#include <QPushButton>

namespace understudy::ui {
namespace {

struct DialogWords {
    Q_DECLARE_TR_FUNCTIONS(DialogWords)
};

constexpr QFileDialog::Options kOwnLook = QFileDialog::DontUseNativeDialog;

}  // namespace

QString NativeDialogs::newProjectFolder(QWidget* parent, const QString& startFolder) {
    QString folder = QFileDialog::getSaveFileName(
        parent, DialogWords::tr("New project"),
        startFolder + QStringLiteral("/untitled.understudy"),
        DialogWords::tr("Understudy projects (*.understudy)"), nullptr, kOwnLook);
    if (!folder.isEmpty() && !folder.endsWith(QStringLiteral(".understudy"))) {
        folder += QStringLiteral(".understudy");
    }
    return folder;
}

QString NativeDialogs::existingProjectFolder(QWidget* parent, const QString& startFolder) {
    return QFileDialog::getExistingDirectory(parent, DialogWords::tr("Open a project"), startFolder,
                                             kOwnLook | QFileDialog::ShowDirsOnly);
}

QStringList NativeDialogs::clipFiles(QWidget* parent, const QString& startFolder) {
    return QFileDialog::getOpenFileNames(
        parent, DialogWords::tr("Add clips"), startFolder,
        DialogWords::tr(
            "Movies and pictures (*.mov *.mp4 *.m4v *.mkv *.mxf *.avi *.webm *.exr *.dpx *.tif "
            "*.tiff *.png *.jpg *.jpeg);;All files (*)"),
        nullptr, kOwnLook);
}

QString NativeDialogs::clipFolder(QWidget* parent, const QString& startFolder) {
    return QFileDialog::getExistingDirectory(parent, DialogWords::tr("Add a folder of clips"),
                                             startFolder, kOwnLook);
}

QString NativeDialogs::baseFolder(QWidget* parent, const QString& startFolder) {
    return QFileDialog::getExistingDirectory(
        parent, DialogWords::tr("Start from a run, checkpoint or base model"), startFolder,
        kOwnLook);
}

QString NativeDialogs::someFolder(QWidget* parent, const QString& title,
                                  const QString& startFolder) {
    return QFileDialog::getExistingDirectory(parent, title, startFolder, kOwnLook);
}

QString NativeDialogs::sheetFile(QWidget* parent, const QString& startFolder) {
    return QFileDialog::getOpenFileName(
        parent, DialogWords::tr("The signed sheet"), startFolder,
        DialogWords::tr(
            "Documents and pictures (*.pdf *.png *.jpg *.jpeg *.tif *.tiff);;All files (*)"),
        nullptr, kOwnLook);
}

QString NativeDialogs::outputFile(QWidget* parent, const QString& proposal) {
    return QFileDialog::getSaveFileName(parent, DialogWords::tr("Write to"), proposal, QString(),
                                        nullptr, kOwnLook);
}

bool NativeDialogs::confirm(QWidget* parent, const QString& question, const QString& detail,
                            const QString& action) {
    QMessageBox box(QMessageBox::NoIcon, DialogWords::tr("Understudy"), question,
                    QMessageBox::Cancel, parent);
    box.setInformativeText(detail);
    QPushButton* yes = box.addButton(action, QMessageBox::AcceptRole);
    box.setDefaultButton(QMessageBox::Cancel);
    box.exec();
    return box.clickedButton() == yes;
}

void NativeDialogs::inform(QWidget* parent, const QString& title, const QString& detail) {
    QMessageBox box(QMessageBox::NoIcon, DialogWords::tr("Understudy"), title, QMessageBox::Ok,
                    parent);
    box.setInformativeText(detail);
    box.exec();
}

void NativeDialogs::notify(QWidget* window, const QString& title, const QString& detail,
                           bool failed) {
    notice_.show(window, title, detail, failed);
}

}  // namespace understudy::ui
