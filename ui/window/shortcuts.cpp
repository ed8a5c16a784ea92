// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/window/shortcuts.h"

#include <algorithm>

#include "media/base/check.h"
#include "ui/panels/zoom_keys.h"

namespace understudy::ui {
namespace {

const QString kNone = QStringLiteral("none");

struct PresetKey {
    QString scopes;  // one or more
    QString id;
    QString key;  // empty: none
};

const QString kWindow = QStringLiteral("window");  // the scope of what holds everywhere
const QString kPlayers = QStringLiteral("ingest, review, deliver");  // pages with a player

// What the other players' users have in their fingers, where it differs.
std::vector<PresetKey> rvKeys() {
    std::vector<PresetKey> keys = {{kWindow, "sides", "Shift+F4"},
                                   {kPlayers, "in", "["},
                                   {kPlayers, "out", "]"},
                                   {kPlayers, "playBackwards", "Up"},
                                   {kPlayers, "stop", ""},
                                   {kPlayers, "playForwards", "Down"},
                                   {kPlayers, "luminance", "L"},
                                   {kPlayers, "gamma", "Y"},
                                   {kPlayers, "neutral", "Shift+Home"},
                                   {"review", "wipe", "F6"},
                                   {"review", "previousNote", "Alt+Left"},
                                   {"review", "nextNote", "Alt+Right"}};
    // Digits zoom, so versions are chosen otherwise.
    for (int n = 1; n <= kMostZoom; ++n) {
        keys.push_back({kPlayers, QStringLiteral("zoom%1").arg(n), QString::number(n)});
    }
    for (int n = 1; n <= 9; ++n) {
        keys.push_back(
            {"review", QStringLiteral("version%1").arg(n), QStringLiteral("Ctrl+Alt+%1").arg(n)});
    }
    return keys;
}

std::vector<PresetKey> xstudioKeys() {
    return {{kWindow, "ingest", "F1"},      {kWindow, "faces", "F2"},
            {kWindow, "train", "F3"},       {kWindow, "review", "F4"},
            {kWindow, "deliver", "F5"},     {kWindow, "keys", "Shift+F1"},
            {kWindow, "sides", "Shift+F4"}, {kPlayers, "luminance", "Shift+Y"},
            {kPlayers, "gamma", "Y"}};
}

const std::vector<PresetKey>& keysOf(const QString& preset) {
    static const std::vector<PresetKey> kRv = rvKeys();
    static const std::vector<PresetKey> kXstudio = xstudioKeys();
    static const std::vector<PresetKey> kNothing;
    return preset == "rv" ? kRv : preset == "xstudio" ? kXstudio : kNothing;
}

QString scopeOf(const Shortcuts::Entry& entry) {
    return entry.page ? pageKey(*entry.page) : kWindow;
}

bool covers(const PresetKey& key, const Shortcuts::Entry& entry) {
    return key.id == entry.id && key.scopes.split(QStringLiteral(", ")).contains(scopeOf(entry));
}

}  // namespace

QStringList Shortcuts::presets() {
    return {"default", "rv", "xstudio"};
}

QString Shortcuts::presetTitle(const QString& preset) {
    return preset == "rv" ? tr("RV") : preset == "xstudio" ? tr("xSTUDIO") : tr("Understudy");
}

Shortcuts::Shortcuts(UiSettings* settings, QObject* parent)
    : QObject(parent), settings_(settings), preset_(settings->text("keys/preset", "default")) {
    if (!presets().contains(preset_)) {
        preset_ = "default";
    }
}

QString titleOf(const QAction* action) {
    return QString(action->text()).remove('&').remove(QStringLiteral("…")).trimmed();
}

QString Shortcuts::keyOf(const QString& preset, const Entry& entry) {
    return QStringLiteral("shortcuts/%1/%2/%3").arg(preset, scopeOf(entry), entry.id);
}

void Shortcuts::add(std::optional<PageId> page, const QList<QAction*>& actions) {
    for (QAction* action : actions) {
        Entry entry;
        entry.page = page;
        entry.id = action->objectName();
        entry.title = titleOf(action);
        entry.action = action;
        entry.standard = action->shortcut();
        US_CHECK(!entry.id.isEmpty() && !entry.title.isEmpty());
        US_CHECK(std::none_of(entries_.begin(), entries_.end(), [&entry](const Entry& other) {
            return other.page == entry.page && other.id == entry.id;
        }));
        takeFormer(entry);
        show(entry);
        entries_.push_back(entry);
    }
}

// Before actions had ids, tables were kept by titles, in English. What is there is taken over once.
void Shortcuts::takeFormer(const Entry& entry) {
    const QString page = entry.page ? pageTitle(*entry.page) : QString();
    for (const QString& preset : presets()) {
        const QString former = QStringLiteral("keys/%1/%2/%3").arg(preset, page, entry.title);
        const QString own = settings_->text(former);
        if (!own.isEmpty()) {
            settings_->setText(keyOf(preset, entry), own);
            settings_->setText(former, {});
        }
    }
}

// Finds what the preset and the user say of it.
void Shortcuts::show(Entry& entry) {
    entry.preset = entry.standard;
    for (const PresetKey& key : keysOf(preset_)) {
        if (covers(key, entry)) {
            entry.preset = QKeySequence(key.key);
        }
    }
    const QString own = settings_->text(keyOf(preset_, entry));
    entry.action->setShortcut(own.isEmpty()  ? entry.preset
                              : own == kNone ? QKeySequence()
                                             : QKeySequence::fromString(own));
}

Shortcuts::Entry& Shortcuts::mine(const Entry& entry) {
    return *std::find_if(entries_.begin(), entries_.end(),
                         [&](const Entry& each) { return each.action == entry.action; });
}

const Shortcuts::Entry* Shortcuts::conflict(const Entry& entry, const QKeySequence& key) const {
    const auto found = std::find_if(entries_.begin(), entries_.end(), [&](const Entry& other) {
        const bool together = other.page == entry.page || !other.page || !entry.page;
        return other.action != entry.action && together && !key.isEmpty() &&
               other.action->shortcuts().contains(key);
    });
    return found == entries_.end() ? nullptr : &*found;
}

void Shortcuts::assign(const Entry& entry, const QKeySequence& key) {
    const auto keep = [this](Entry& kept, const QKeySequence& wanted) {
        const bool usual = wanted == kept.preset;
        settings_->setText(keyOf(preset_, kept), usual              ? QString()
                                                 : wanted.isEmpty() ? kNone
                                                                    : wanted.toString());
        kept.action->setShortcut(wanted);
    };
    while (const Entry* other = conflict(entry, key)) {
        keep(mine(*other), {});
    }
    keep(mine(entry), key);
    Q_EMIT changed();
}

void Shortcuts::reset(const Entry& entry) {
    assign(entry, mine(entry).preset);
}

void Shortcuts::usePreset(const QString& preset) {
    preset_ = preset;
    settings_->setText("keys/preset", preset);
    for (Entry& entry : entries_) {
        show(entry);
    }
    Q_EMIT changed();
}

bool Shortcuts::changedByUser() const {
    return std::any_of(entries_.begin(), entries_.end(), [this](const Entry& entry) {
        return !settings_->text(keyOf(preset_, entry)).isEmpty();
    });
}

void Shortcuts::resetAll() {
    for (const Entry& entry : entries_) {
        settings_->setText(keyOf(preset_, entry), {});
    }
    usePreset(preset_);
}

}  // namespace understudy::ui
