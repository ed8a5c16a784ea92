// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/workspaces/review_takes.h"

#include <QDir>
#include <QFileInfo>
#include <QRegularExpression>
#include <algorithm>

#include "media/source/frame_list.h"
#include "media/source/frame_sink.h"
#include "ui/models/clip_list_model.h"
#include "ui/models/formatting.h"

namespace understudy::ui {
namespace {

QString notesText(int open) {
    return open == 0   ? QString()
           : open == 1 ? Player::tr("1 open note")
                       : Player::tr("%1 open notes").arg(open);
}

Take takeOf(const Studio& studio, const media::VersionRecord& version) {
    const std::filesystem::path folder = studio.session.folderPath();
    const auto absolute = [&folder](const std::string& kept) {
        return kept.empty() ? QString() : text((folder / kept).lexically_normal().string());
    };
    Take take;
    take.version = version.id;
    take.name = text(media::versionName(version.number));
    take.clip = text(version.clip);
    take.run = text(version.run);
    take.out = absolute(version.out);
    take.matte = absolute(version.matte);
    take.frames = text(version.frames);
    take.face = text(version.face);
    take.created = text(version.created);
    take.step = version.step;
    take.icon = statusIcon(version.status);
    const SeenResult& seen = studio.results.of(take.out);
    take.playable = seen.there || !seen.known;  // whoever plays it will see
    take.status = version.status;
    take.state = statusText(version.status);
    take.notes = notesText(studio.versions.openNotes(version.id));
    for (const auto& other : studio.versions.versions()) {
        if (other.clip == version.clip && other.number > version.number &&
            other.out == version.out) {
            take.playable = false;
            take.replaced = true;
            take.state = Player::tr("replaced by %1").arg(text(media::versionName(other.number)));
            // A list needs names that differ.
            take.out += QStringLiteral(" (%1)").arg(take.name);
        }
    }
    return take;
}

Take takeOf(const Studio& studio, const SwapRecord& swap) {
    const auto standing = studio.swaps.standing(swap);
    Take take;
    take.name = QFileInfo(swap.out).fileName();
    take.clip = swap.clip;
    take.run = swap.run;
    take.out = swap.out;
    take.frames = swap.frames;
    take.created = swap.created;
    take.icon = SwapsModel::iconName(standing.state);
    take.state = studio.swaps.stateText(swap, standing);
    take.known = standing.state != SwapsModel::State::incomplete;
    take.playable = standing.state != SwapsModel::State::rendering &&
                    standing.state != SwapsModel::State::missing;
    return take;
}

// Made-up performers lie beside their true swaps: cast/performer_1.mp4 and
// cast/truth/swap_0_on_1/0001.png.
std::optional<PlayerSource> truthOf(const Studio& studio, const Take& take) {
    static const QRegularExpression numbered(QStringLiteral("^performer_(\\d+)$"));
    const auto* plate = clipOf(studio, take.clip);
    if (plate == nullptr) {
        return std::nullopt;
    }
    const QFileInfo file(platePath(studio.session, *plate));
    const auto onto = numbered.match(file.completeBaseName());
    const auto& snapshot = studio.session.snapshot();
    const std::string face = take.face.isEmpty() ? snapshot.source : utf8(take.face);
    for (const auto& clip : snapshot.clips) {
        const auto from =
            numbered.match(QFileInfo(platePath(studio.session, clip)).completeBaseName());
        if (clip.performer != face || !from.hasMatch() || !onto.hasMatch()) {
            continue;
        }
        const QString frames = file.absoluteDir().filePath(
            QStringLiteral("truth/swap_%1_on_%2/####.png").arg(from.captured(1), onto.captured(1)));
        if (studio.results.of(frames).there) {
            return PlayerSource{Player::tr("truth"), frames};
        }
    }
    return std::nullopt;
}

}  // namespace

std::vector<Take> reviewTakes(const Studio& studio) {
    std::vector<Take> takes;
    std::vector<QString> outs;
    std::vector<Take> versions;
    for (const auto& version : studio.versions.versions()) {
        versions.push_back(takeOf(studio, version));
        outs.push_back(versions.back().out);
    }
    std::reverse(versions.begin(), versions.end());
    for (const SwapRecord& swap : studio.swaps.swaps()) {
        // Deliveries are versions that are listed already.
        if (swap.listed && swap.version.isEmpty() &&
            std::find(outs.begin(), outs.end(), swap.out) == outs.end()) {
            takes.push_back(takeOf(studio, swap));
        }
    }
    takes.insert(takes.end(), versions.begin(), versions.end());
    return takes;
}

const media::ClipRecord* clipOf(const Studio& studio, const QString& name) {
    for (const auto& clip : studio.session.snapshot().clips) {
        if (text(clip.name) == name) {
            return &clip;
        }
    }
    return nullptr;
}

std::vector<int64_t> framesOf(const Studio& studio, const Take& take) {
    const auto* clip = clipOf(studio, take.clip);
    return clip == nullptr
               ? std::vector<int64_t>()
               : renderedFrames(clip->first, clip->last, clip->missing, utf8(take.frames));
}

// Without counting all frames, as lists ask while they are painted.
FrameOfFile pictureOf(const Take& take) {
    if (!take.playable) {
        return {};
    }
    const auto frames = media::FrameList::parse(utf8(take.frames));
    if (media::isMoviePath(utf8(take.out)) || !frames.ok() || frames->ranges().empty()) {
        return {take.out};
    }
    const media::FrameRange& range = frames->ranges()[frames->ranges().size() / 2];
    return {take.out, range.first + (range.last - range.first) / 2 / range.step * range.step};
}

PlayerSource sourceOf(const Studio& studio, const Take& take) {
    PlayerSource source{take.name, take.out, {}};
    const auto frames = framesOf(studio, take);
    if (media::isMoviePath(utf8(take.out)) && !frames.empty()) {
        source.frames = FrameMap::counted(frames);
    }
    return source;
}

std::vector<PlayerSource> comparisons(const Studio& studio, const Take& take,
                                      const std::vector<Take>& ofClip) {
    std::vector<PlayerSource> sources;
    if (const auto* clip = clipOf(studio, take.clip)) {
        sources.push_back({Player::tr("plate"), platePath(studio.session, *clip), {}, clip->said});
    }
    if (!take.matte.isEmpty()) {
        Take matte = take;
        matte.name = Player::tr("mask");
        matte.out = take.matte;
        sources.push_back(sourceOf(studio, matte));
    }
    if (const auto truth = truthOf(studio, take)) {
        sources.push_back(*truth);
    }
    for (const Take& other : ofClip) {
        if (other.out != take.out && other.playable) {
            sources.push_back(sourceOf(studio, other));
        }
    }
    return sources;
}

}  // namespace understudy::ui
