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

namespace {

// Whether the crop was made with other landmarks than count now: more than a tenth of a pixel off.
bool cutOtherwise(const media::FaceRecord& record, const media::Landmarks& landmarks) {
    const media::Landmarks now = media::transformed(landmarks, record.alignedFromFrame);
    for (size_t i = 0; i < now.size(); ++i) {
        if (media::distance(now[i], record.landmarks[i]) > 0.1) {
            return true;
        }
    }
    return false;
}

}  // namespace

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

Result<std::set<int64_t>> staleFrames(const media::Project& project, const std::string& clip,
                                      const media::PackReader& pack,
                                      const std::vector<media::FaceTruth>& faces) {
    const media::PackHeader& header = pack.header();
    const std::string name = media::packIndexName(clip, header.type, header.size);
    US_ASSIGN(std::set<int64_t> stale, project.masksNotCut(clip, name));
    std::map<int64_t, size_t> records;
    for (size_t i = 0; i < pack.size(); ++i) {
        records[pack.record(i).frame] = i;
    }
    std::set<int64_t> found;
    for (const media::FaceTruth& face : faces) {
        if (face.how == media::FoundHow::missed) {
            continue;
        }
        found.insert(face.frame);
        const auto record = records.find(face.frame);
        const bool good = record == records.end()
                              ? !face.corrected  // else placed where none was
                              : !cutOtherwise(pack.record(record->second), face.landmarks);
        if (!good) {
            stale.insert(face.frame);
        }
    }
    // What is painted where no face is has no picture.
    std::erase_if(stale, [&](int64_t frame) { return !found.contains(frame); });
    return stale;
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

Result<bool> isStale(const media::Project& project, const ClipPack& pack, const std::string& clip) {
    US_ASSIGN(const auto reader, media::PackReader::open(pack.index));
    US_ASSIGN(const auto faces, project.faces(clip));
    US_ASSIGN(const auto frames, staleFrames(project, clip, reader, faces));
    return !frames.empty();
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
