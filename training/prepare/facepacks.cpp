#include "training/prepare/facepacks.h"

#include <algorithm>
#include <cmath>
#include <map>

#include "media/base/log.h"

namespace understudy::training {

namespace fs = std::filesystem;

int cropSizeFor(int resolution, double margin) {
    const int least = static_cast<int>(std::ceil(resolution * (1 + 2 * margin)));
    return (least + 15) / 16 * 16;
}

std::vector<ClipPack> packsOf(const media::Project& project, const std::string& clip) {
    std::vector<ClipPack> packs;
    const auto record = project.clip(clip);
    const std::string meant = record.ok() ? record->encoding : std::string();
    const std::string encoding = meant == "scene_linear" ? "acescct" : meant;  // as crops keep it
    std::error_code failed;
    for (fs::directory_iterator at(project.facesetFolder(), failed), end; !failed && at != end;
         at.increment(failed)) {
        const fs::path& path = at->path();
        if (path.extension() != ".idx" || !path.filename().string().starts_with(clip + ".")) {
            continue;
        }
        const auto reader = media::PackReader::open(path);
        if (!reader.ok()) {
            logWarning(describe(reader.error()));
            continue;
        }
        const media::PackHeader& header = reader->header();
        // "a.b" and its packs begin like those of a clip "a".
        if (path.filename() != media::packIndexName(clip, header.type, header.size)) {
            continue;
        }
        // Cut while the clip's values were taken for something else.
        if (!encoding.empty() && header.encoding != encoding) {
            continue;
        }
        ClipPack pack{path, header, 0, {}};
        pack.trained = static_cast<int>(std::floor(header.size / (1 + 2 * header.margin) + 1e-6));
        std::error_code ignored;
        pack.written = fs::last_write_time(path, ignored);
        packs.push_back(std::move(pack));
    }
    std::sort(packs.begin(), packs.end(), [](const ClipPack& a, const ClipPack& b) {
        return std::pair(b.written, b.header.size) < std::pair(a.written, a.header.size);
    });
    return packs;
}

Result<ClipPack> choosePack(const std::vector<ClipPack>& packs, const std::string& clip,
                            const WantedPack& wanted) {
    const ClipPack* best = nullptr;
    int largest = 0;
    double margin = media::PackHeader().margin;
    for (const ClipPack& pack : packs) {
        if (pack.header.type != wanted.type) {
            continue;
        }
        largest = std::max(largest, pack.trained);
        margin = pack.header.margin;
        const bool preferred = pack.header.size == wanted.preferredSize;
        if (pack.trained >= wanted.resolution && (best == nullptr || preferred)) {
            best = &pack;
        }
    }
    if (best != nullptr) {
        return *best;
    }
    const std::string type(media::faceTypeName(wanted.type));
    const std::string message =
        largest > 0 ? "the faces of clip '" + clip + "' are " + std::to_string(largest) +
                          " pixels large, too small for a resolution of " +
                          std::to_string(wanted.resolution)
                    : "the faces of clip '" + clip + "' are not extracted as " + type;
    return Error{ErrorCode::usage, message, clip,
                 "Run understudy-cli extract --clip " + clip + " --type " + type + " --size " +
                     std::to_string(cropSizeFor(wanted.resolution, margin)) +
                     (largest > 0 ? ", or choose a lower resolution" : "")};
}

Result<std::vector<int64_t>> wantedFrames(const media::Project& project, const std::string& clip,
                                          const std::string& performer) {
    US_ASSIGN(const auto faces, project.facesOf(clip, performer));
    std::vector<int64_t> frames;
    for (const media::FaceTruth& face : faces) {
        frames.push_back(face.frame);
    }
    return frames;
}

Result<std::vector<ClipFace>> facesIn(const ClipPack& pack, const std::vector<int64_t>& frames) {
    US_ASSIGN(const auto reader, media::PackReader::open(pack.index));
    std::map<int64_t, size_t> records;  // the last one of a frame counts
    for (size_t i = 0; i < reader.size(); ++i) {
        records[reader.record(i).frame] = i;
    }
    std::vector<ClipFace> faces;
    for (const int64_t frame : frames) {
        if (const auto found = records.find(frame); found != records.end()) {
            faces.push_back(
                {static_cast<uint32_t>(found->second), frame, reader.storedHash(found->second)});
        }
    }
    return faces;
}

}  // namespace understudy::training
