#include "media/notes/note_export.h"

#include <algorithm>
#include <cmath>
#include <memory>

#include "media/base/file.h"
#include "media/frame/image_ops.h"
#include "media/frame/resample.h"
#include "media/notes/note_html.h"
#include "media/notes/note_tables.h"
#include "media/source/frame_source.h"

namespace understudy::media {

namespace {

constexpr int kPictureWidth = 960;

// u8 for a display, square pixels, at most kPictureWidth wide.
Image forDisplay(const Frame& frame) {
    Image picture = convertChannels(toFloat(frame.pixels), 3);
    if (frame.encoding.sceneLinear()) {
        for (int y = 0; y < picture.height(); ++y) {
            float* row = picture.row<float>(y);
            for (int x = 0; x < 3 * picture.width(); ++x) {
                row[x] = std::pow(std::max(0.0f, row[x]), 1 / 2.2f);
            }
        }
    }
    const double wide = picture.width() * frame.pixelAspect;
    const double scale = std::min(1.0, kPictureWidth / wide);
    Affine small;
    small.xx = scale * frame.pixelAspect;
    small.yy = scale;
    const int width = std::max(1, static_cast<int>(std::lround(wide * scale)));
    const int height = std::max(1, static_cast<int>(std::lround(picture.height() * scale)));
    return fromFloat(resample(picture, small, width, height, Border::replicate), SampleType::u8);
}

// Results and plates, opened once for all the notes of a version.
class Pictures {
  public:
    explicit Pictures(std::vector<std::string>& warnings) : warnings_(warnings) {}

    std::optional<Image> of(const NotedVersion& noted, const NoteRecord& note) {
        if (noted.version.id != version_) {
            version_ = noted.version.id;
            result_ = opened(noted.result, {});
            plate_.reset();
        }
        const ClipRecord* clip = noted.clip ? &*noted.clip : nullptr;
        const auto number = frameInResult(noted.version, clip, note.first);
        if (result_ && number) {
            if (auto read = result_->read(*number); read.ok()) {
                return forDisplay(*read);
            } else {
                warnings_.push_back(describe(read.error()));
            }
        }
        if (!plate_ && clip != nullptr) {
            plate_ = opened(noted.plate, clip->said);
        }
        if (plate_) {
            if (auto read = plate_->read(note.first); read.ok()) {
                return forDisplay(*read);
            }
        }
        return std::nullopt;
    }

  private:
    std::unique_ptr<FrameSource> opened(const std::string& path, const ReadAs& as) {
        auto source = openSource(path, as);
        if (!source.ok()) {
            warnings_.push_back(describe(source.error()));
            return nullptr;
        }
        return *std::move(source);
    }

    std::vector<std::string>& warnings_;
    int64_t version_ = 0;
    std::unique_ptr<FrameSource> result_;
    std::unique_ptr<FrameSource> plate_;
};

int64_t countOf(const NotesToWrite& notes) {
    int64_t count = 0;
    for (const NotedVersion& each : notes.noted) {
        count += static_cast<int64_t>(each.notes.size());
    }
    return count;
}

Result<std::string> written(const NotesToWrite& notes, NoteFormat format,
                            std::vector<std::string>& warnings, const NoteProgress& progress,
                            const std::stop_token& stop) {
    switch (format) {
        case NoteFormat::csv:
            return notesCsv(notes.noted);
        case NoteFormat::otio:
            return notesOtio(notes.project, notes.noted);
        case NoteFormat::html:
            break;
    }
    Pictures pictures(warnings);
    int64_t done = 0;
    return notesHtml("Notes of " + notes.project, notes.noted,
                     [&](const NotedVersion& each, const NoteRecord& note) {
                         auto picture =
                             stop.stop_requested() ? std::nullopt : pictures.of(each, note);
                         if (progress) {
                             progress(++done, countOf(notes));
                         }
                         return picture;
                     });
}

}  // namespace

std::optional<NoteFormat> noteFormatFromName(std::string_view name) {
    return name == "html"   ? std::optional(NoteFormat::html)
           : name == "csv"  ? std::optional(NoteFormat::csv)
           : name == "otio" ? std::optional(NoteFormat::otio)
                            : std::nullopt;
}

Result<NotesToWrite> notesToWrite(const Project& project, const NoteChoice& choice) {
    NotesToWrite notes{project.folder().stem().string(), {}};
    US_ASSIGN(notes.noted, chosenNotes(project, choice));
    if (notes.noted.empty()) {
        return Error{ErrorCode::usage, "there is no note to write", project.folder().string(),
                     "Choose another clip or version, or write a note first"};
    }
    return notes;
}

Result<NoteExport> writeNotes(const NotesToWrite& notes, NoteFormat format,
                              const std::filesystem::path& file, const NoteProgress& progress,
                              const std::stop_token& stop) {
    NoteExport result;
    US_ASSIGN(const std::string text, written(notes, format, result.warnings, progress, stop));
    if (stop.stop_requested()) {
        return Error{ErrorCode::saved, "stopped before the notes were written", file.string(),
                     "Start it again"};
    }
    US_TRY(writeFileAtomic(file, text, 0644));
    result.versions = static_cast<int64_t>(notes.noted.size());
    result.notes = countOf(notes);
    return result;
}

}  // namespace understudy::media
