// SPDX-License-Identifier: GPL-3.0-or-later
// A project in the middle of its work whose performers are rendered, so that pictures of the window
// look as they do at work: plates, thousands of faces, runs, versions in every status, notes.
#pragma once

#include <QSize>
#include <filesystem>

namespace understudy::tests {

struct RenderedShow {
    // Of the clips; the first two are Adam's, the others Ben's.
    static constexpr const char* kLook = "A012C003_adam_look";
    static constexpr const char* kDialogue = "A012C007_adam_dialogue";  // its plate is gone
    static constexpr const char* kShot = "heist_010_bg";                // 1031-1034 are missing
    static constexpr const char* kNext = "heist_020_bg";                // not searched yet

    std::filesystem::path folder;
    int frames = 48;        // of the clips with plates
    int dialogue = 1248;    // faces of the clip without
    QSize size{1280, 720};  // of the plates

    std::filesystem::path project() const { return folder / "heist_010.understudy"; }
    std::filesystem::path plates() const { return folder / "plates"; }

    // Renders everything; aborts where the disk is full.
    void make() const;
    // The project once more, for somebody who changes it; packs and pictures are shared.
    void copyProject(const std::filesystem::path& to) const;
};

}  // namespace understudy::tests
