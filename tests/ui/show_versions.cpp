// SPDX-License-Identifier: GPL-3.0-or-later
// Swaps that were drawn instead of rendered, as versions with notes.
#include <QPainter>
#include <QPainterPath>
#include <cmath>
#include <fstream>

#include "media/base/paths.h"
#include "tests/ui/studio_fixture.h"
#include "ui/models/formatting.h"

namespace understudy::tests {
namespace {

QImage drawnMatte(int i) {
    QImage matte(640, 360, QImage::Format_RGB32);
    matte.fill(Qt::black);
    QPainter painter(&matte);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(Qt::NoPen);
    painter.setBrush(Qt::white);
    painter.drawEllipse(QPointF(200 + i + 128, 40 + 256 * 0.52), 66, 84);
    return matte;
}

// The plate of frame `i` with another face within the matte; rough ones are soft and too low.
QImage drawnSwap(int i, bool rough) {
    QImage face = drawnFace(256, std::sin(i * 0.2), 14);
    if (rough) {
        face = face.scaled(40, 40, Qt::IgnoreAspectRatio, Qt::SmoothTransformation)
                   .scaled(256, 256, Qt::IgnoreAspectRatio, Qt::SmoothTransformation);
    }
    QImage swap = drawnPlate(i, 32);
    QPainter painter(&swap);
    QPainterPath within;
    within.addEllipse(QPointF(200 + i + 128, 40 + 256 * 0.52), 66, 84);
    painter.setClipPath(within);
    painter.drawImage(200 + i, rough ? 46 : 40, face);
    return swap;
}

}  // namespace

void addNotes(media::Project& project, int64_t rough, int64_t good) {
    using Kind = media::DrawingMark::Kind;
    media::NoteRecord note;
    note.author = "Zoë Brandt";
    note.created = "2026-03-12T11:20:00Z";
    note.version = rough;
    note.first = 1002;
    note.last = 1006;
    note.text = "Jaw sits too low and swims against the neck.";
    note.action = media::NoteAction::fixAlignment;
    bool written = project.putNote(note).ok();
    note.version = good;
    note.text = "Mouth is soft here. Are these frames in the faceset?";
    note.action = media::NoteAction::addFrames;
    media::DrawingMark ring;
    ring.color = {0xFF, 0xE0, 0x66};
    for (int i = 0; i <= 40; ++i) {
        const double angle = 6.28318 * i / 40;
        ring.points.push_back({static_cast<float>(0.52 + 0.06 * std::cos(angle)),
                               static_cast<float>(0.6 + 0.05 * std::sin(angle))});
    }
    media::DrawingMark arrow;
    arrow.kind = Kind::arrow;
    arrow.color = ring.color;
    arrow.points = {{0.72f, 0.74f}, {0.59f, 0.63f}};
    media::DrawingMark words;
    words.kind = Kind::text;
    words.color = ring.color;
    words.points = {{0.73f, 0.76f}};
    words.text = "soft";
    note.drawing.marks = {ring, arrow, words};
    written = written && project.putNote(note).ok();
    note.drawing = {};
    note.first = note.last = 1008;
    note.text = "Edge of the mask shows at the left temple.";
    note.action = media::NoteAction::paintMask;
    note.resolved = "2026-03-12T15:00:00Z";
    note.resolvedBy = "Käthe Lund";
    if (!written || !project.putNote(note).ok()) {
        std::abort();
    }
}

void addVersions(media::Project& project, int frames) {
    const auto folder = project.folder() / "deliveries";
    const auto write = [&](const std::string& name, const std::function<QImage(int)>& draw) {
        for (int i = 0; i < frames; ++i) {
            const auto file = folder / (name + "." + std::to_string(1001 + i) + ".png");
            draw(i).save(ui::text(file.string()));
        }
        return (folder / (name + ".####.png")).string();
    };
    media::VersionRecord version;
    version.clip = "bird";
    version.run = "r01";
    version.face = "Anna";
    version.author = "Käthe Lund";
    version.created = "2026-03-12T10:40:00Z";
    version.frames = "1001-" + std::to_string(1000 + frames);
    version.step = 1000;
    version.status = media::VersionStatus::retake;
    version.out = write("bird_r01_v001", [](int i) { return drawnSwap(i, true); });
    const auto rough = project.addVersion(version);
    version.step = 3000;
    version.created = "2026-03-12T14:05:00Z";
    version.status = media::VersionStatus::pendingReview;
    version.out = write("bird_r01_v002", [](int i) { return drawnSwap(i, false); });
    version.matte = write("bird_r01_v002_matte", drawnMatte);
    const auto good = project.addVersion(version);
    if (!rough.ok() || !good.ok()) {
        std::abort();
    }
    addNotes(project, rough->id, good->id);
}

namespace {

// As understudy-renderer --serve.
constexpr const char* kRenderer = R"(
import json, os, shutil, sys
def say(text):
    with open(calls, 'a') as file:
        file.write(text + '\n')
say(' '.join(sys.argv[1:]))
for line in sys.stdin:
    request = json.loads(line)
    words = request['arguments']
    say(' '.join(words))
    given = dict(zip(words, words[1:]))
    answer = {'message': 'JobFinished', 'job': str(request['request']), 'exitCode': 0,
              'result': '{\"swapped\":1}'}
    if given.get('--blur') == '0.5':
        answer.update(exitCode=66, result='', error={'code': 66, 'message': 'the plate is gone',
                                                     'where': '', 'remedy': ''})
    elif given.get('--blur') == '0.25':
        sys.exit(9)
    else:
        for key in ('--out', '--matte'):
            file = given[key].replace('####', given['--frames'])
            os.makedirs(os.path.dirname(file), exist_ok=True)
            shutil.copy(picture, file)
    print(json.dumps(answer), flush=True)
)";

}  // namespace

void writeRenderer(const std::filesystem::path& folder, const std::filesystem::path& picture) {
    std::filesystem::create_directories(folder);
    // Resources are looked for beside the programs.
    const auto icon = resourceFile("icons/ok.svg");
    if (!icon.ok()) {
        std::abort();
    }
    const auto share = folder.parent_path() / "share";
    std::filesystem::create_directories(share);
    std::filesystem::create_directory_symlink(icon->parent_path().parent_path(),
                                              share / "understudy");
    const auto program = folder / "understudy-renderer";
    std::ofstream(program) << "#!/usr/bin/env python3\ncalls = '" << (folder / "calls").string()
                           << "'\npicture = '" << picture.string() << "'\n"
                           << kRenderer;
    std::filesystem::permissions(program, std::filesystem::perms::owner_all);
}

}  // namespace understudy::tests
