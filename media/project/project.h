// The project document: <name>.understudy/project.db (SQLite) and the folder around it. Plates are
// referenced, never copied or changed; everything below the folder has relative paths.
//
// One object per thread and process; several may be open on one project. Every change is one
// transaction, durable when the call returns. Tables are written by one party each: `faces` by the
// extractor, which notes what it cut in `cut_masks`, `review`, `assignments`, `mask_corrections`,
// `landmark_corrections`, `notes` and `consent` by the window or CLI, `runs` by whoever prepares a
// run, `versions` by the renderer (their status by the window or CLI).
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "media/align/face_alignment.h"
#include "media/align/face_qualities.h"
#include "media/align/landmark_keys.h"
#include "media/align/landmarks.h"
#include "media/align/mask_correction.h"
#include "media/base/result.h"
#include "media/frame/frame.h"
#include "media/project/consent_record.h"
#include "media/project/version_record.h"

namespace understudy::media {

struct ClipRecord {
    std::string name;  // file stem, made unique in the project
    std::string performer;
    std::string
        path;  // relative to the project folder where the plate lies below it, else absolute
    int64_t frames = 0;
    int64_t first = 1;
    int64_t last = 0;
    double fps = 24;  // this and `encoding`: as said, else as its file has it
    int width = 0;
    int height = 0;
    double pixelAspect = 1;
    std::string encoding;
    std::vector<int64_t> missing;
    ReadAs said;  // by somebody, against its file
};

enum class FoundHow : uint8_t { missed = 0, detected = 1, tracked = 2 };

// What the extractor knows of one frame; `missed` frames have a record without landmarks.
struct FaceTruth {
    int64_t frame = 0;
    FoundHow how = FoundHow::missed;
    float confidence = 0;   // 0 to 1
    float jitter = 0;       // pixels: distance from the smoothed neighbours
    Landmarks landmarks{};  // plate pixels, centres at +0.5
    // Unknown while the clip is being searched, and of faces that older versions found.
    std::optional<FaceQualities> qualities = {};
    bool corrected = false;  // the landmarks are a LandmarkCorrection
};

enum class ReviewState : uint8_t { undecided = 0, keep = 1, reject = 2 };

struct RunRecord {
    std::string name;
    std::string source;       // performer
    std::string destination;  // performer
    std::string created;      // ISO 8601, UTC
};

struct AuditEntry {
    int64_t id = 0;
    std::string time;    // ISO 8601, UTC
    std::string action;  // "import", "extract", "train", "swap", "deliver", ...
    std::string detail;
    std::string hash;  // SHA-256 over the previous entry's hash and this entry
};

// Puts corrected landmarks in place of found ones, both of one clip; frames that `faces` has no
// record of stay out. Their measured jitter and qualities remain those of what was found.
void applyCorrections(std::vector<FaceTruth>& faces,
                      const std::map<int64_t, LandmarkCorrection>& corrections);

// A run's name becomes a folder's name. Errors: usage, saying what a name may be.
Status checkRunName(const std::string& name);

class Project {
  public:
    // Errors: usage when there is one already, cannotWrite.
    static Result<Project> create(const std::filesystem::path& folder);
    // Migrates older schemas after a backup copy. Where the folder cannot be written it opens for
    // reading, and every change is refused (cannotWrite). Errors: missingInput (no project there),
    // corruptData (damaged, or written by a newer version, which is named).
    static Result<Project> open(const std::filesystem::path& folder, bool readOnly = false);
    Project(Project&&) noexcept;
    Project& operator=(Project&&) noexcept;
    ~Project();

    const std::filesystem::path& folder() const;
    bool readOnly() const;
    std::filesystem::path facesetFolder() const;
    std::filesystem::path runFolder(const std::string& run) const;

    // Performers exist through their clips and the faces assigned to them, or because they were
    // named. Names: non-empty UTF-8, at most 100 bytes.
    Result<std::vector<std::string>> performers() const;
    // One who is there before anything of them is; false: only while something is. Errors: usage.
    Status namePerformer(const std::string& name, bool named = true);
    // Everything of theirs, roles too, goes on under the new name; the old one is still understood,
    // as runs and their networks have it. Errors: usage (no such performer, a name that is taken).
    Status renamePerformer(const std::string& from, const std::string& to);
    // The name that one who was called so has now; others as they are.
    Result<std::string> currentName(const std::string& performer) const;

    // `clip.name` is the wish; the returned record has the unique name. The same path for the same
    // performer twice gives the existing record.
    Result<ClipRecord> addClip(const ClipRecord& clip);
    Result<std::vector<ClipRecord>> clips() const;
    Result<ClipRecord> clip(
        const std::string& name) const;  // errors: usage, naming the clips there are
    // Takes it out with all that is known of it. restoreClip(), and addClip() with its plate and
    // performer, bring all of that back for 30 days; later it is gone when a project is opened.
    Status removeClip(const std::string& name);
    Status restoreClip(const std::string& name);
    // Whose clip it is. What was assigned frame by frame stays. Errors: usage (no such clip; that
    // performer has a clip of this plate).
    Status setClipPerformer(const std::string& clip, const std::string& performer);
    // By clip, where its plate is now; all of them or none. Entered in the audit log. Errors: usage
    // (no such clip; the plate is another clip's of the performer).
    Status relinkClips(const std::map<std::string, std::string>& plates);
    // How its values are meant and its frames a second, where its file says it wrongly or not at
    // all. Entered in the audit log. Errors: usage (no such clip, encoding or rate).
    Status sayOfClip(const std::string& clip, const ReadAs& said);
    // What its file has, where it is another than when the clip was imported; empty and 0 leave
    // what is known. Errors: as above.
    Status setClipFile(const std::string& clip, const ReadAs& file);
    // The plate as an absolute path.
    std::filesystem::path platePath(const ClipRecord& clip) const;

    // Replaces what is known of these frames of the clip, in one transaction.
    Status putFaces(const std::string& clip, std::span<const FaceTruth> faces);
    Status clearFaces(const std::string& clip);
    // As they count, ordered by frame: with corrected landmarks where somebody placed them, and
    // where none was found but placed, `tracked` with full confidence.
    Result<std::vector<FaceTruth>> faces(const std::string& clip) const;
    // As they were found, without corrections: what the extractor compares and writes back.
    struct FrameRange {
        int64_t first = INT64_MIN;
        int64_t last = INT64_MAX;
    };
    Result<std::vector<FaceTruth>> foundFaces(const std::string& clip, FrameRange range) const;
    Result<std::vector<FaceTruth>> foundFaces(const std::string& clip) const {
        return foundFaces(clip, {});
    }

    // How they were found, as faces() has it and by frame, without all else that is known of them,
    // which takes much longer to read.
    Result<std::vector<std::pair<int64_t, FoundHow>>> foundHow(const std::string& clip) const;

    // Faces that came from another program: they replace everything known of the clip, in one
    // transaction, corrected landmarks and assignments too, and extraction cuts them instead of
    // searching. `from`: of what, for people.
    Status putImportedFaces(const std::string& clip, std::span<const FaceTruth> faces,
                            const std::string& from);
    // Nothing where the clip's faces were not imported.
    Result<std::optional<std::string>> importedFrom(const std::string& clip) const;
    // The clip is searched again by the next extraction; its faces stay until then.
    Status forgetImport(const std::string& clip);

    // Frames without a row are undecided; undecided faces that were found count as kept.
    Result<std::map<int64_t, ReviewState>> review(const std::string& clip) const;
    Status setReview(const std::string& clip, std::span<const int64_t> frames, ReviewState state);

    // By frame, whose face it is where that is not the clip's own performer; empty: nobody's in
    // this project. Like the review it stays when the clip is extracted again, but goes with an
    // import and when the extractor follows another person. Errors: corruptData, naming the frame.
    Result<std::map<int64_t, std::string>> assignments(const std::string& clip) const;
    // `performer`: the clip's own takes the assignment away; empty: nobody's. Errors: usage, naming
    // the performers there are.
    Status assignFaces(const std::string& clip, std::span<const int64_t> frames,
                       const std::string& performer);
    // All of the clip's.
    Status clearAssignments(const std::string& clip);
    // The faces of the clip that count as this performer's: found and, unless `rejected` ones are
    // wanted too, not rejected. These train and are swapped.
    Result<std::vector<FaceTruth>> facesOf(const std::string& clip, const std::string& performer,
                                           bool rejected = false) const;

    // What was painted into the mask of a frame; one that changes nothing takes the frame's away.
    // It is there whether a face is found or not, and stays when the clip is extracted again.
    Status putMaskCorrection(const std::string& clip, int64_t frame,
                             const MaskCorrection& correction);
    // By frame. Errors: corruptData, naming the frame.
    Result<std::map<int64_t, MaskCorrection>> maskCorrections(const std::string& clip) const;
    // Also of frames whose correction is damaged. Frames without one are left as they are.
    Status clearMaskCorrections(const std::string& clip, std::span<const int64_t> frames);
    // What was painted when a pack (named by its file) was cut, and in which frames something else
    // is now; of a pack that nothing was noted of, in those that are painted.
    Status noteCutMasks(const std::string& clip, const std::string& pack,
                        const std::map<int64_t, MaskCorrection>& corrections);
    Result<std::set<int64_t>> masksNotCut(const std::string& clip, const std::string& pack) const;

    // Landmarks in place of those found, in one transaction; they stay when the clip is extracted
    // again. Errors: usage for coordinates that are not numbers.
    Status putLandmarkCorrections(const std::string& clip,
                                  const std::map<int64_t, LandmarkCorrection>& corrections);
    // By frame. Errors: corruptData, naming the frame.
    Result<std::map<int64_t, LandmarkCorrection>> landmarkCorrections(
        const std::string& clip) const;
    // Back to what was found. Frames without a correction are left as they are.
    Status clearLandmarkCorrections(const std::string& clip, std::span<const int64_t> frames);

    Status addRun(const RunRecord& run);  // errors: usage when the name is taken
    Result<std::vector<RunRecord>> runs() const;

    // Versions. `version` has its clip, results and all else but id and number: it gets the next
    // number of its clip. `model` is a folder on the project's disk that holds what the version was
    // made with, laid out like a run's; it is moved to versionFolder(). Errors: usage (no such
    // clip), cannotWrite.
    Result<VersionRecord> addVersion(const VersionRecord& version,
                                     const std::filesystem::path& model = {});
    Result<std::vector<VersionRecord>> versions() const;  // by clip and number
    // "v003" of a clip. Errors: usage, naming the versions there are.
    Result<VersionRecord> version(const std::string& clip, const std::string& name) const;
    // Entered in the audit log with who did it.
    Status setVersionStatus(int64_t version, VersionStatus status, const std::string& author);
    std::filesystem::path versionFolder(const VersionRecord& version) const;
    // VersionRecord's `out` or `matte`, or a consent's document, as an absolute path or pattern;
    // empty stays empty.
    std::filesystem::path resultPath(const std::string& kept) const;

    // By version and frame. Errors: corruptData, naming the note.
    Result<std::vector<NoteRecord>> notes() const;
    // The same, and which of them are damaged, each told by an error of its own.
    struct LegibleNotes {
        std::vector<NoteRecord> notes;
        std::vector<Error> damaged;
    };
    Result<LegibleNotes> legibleNotes() const;
    // Nothing where there is none of this number.
    Result<std::optional<NoteRecord>> note(int64_t id) const;
    // A new note where its id is 0, else the one of this id, which need not be there any more.
    // Errors: usage (no such version; nothing said; too long).
    Result<NoteRecord> putNote(const NoteRecord& note);
    Status removeNote(int64_t id);
    Status resolveNote(int64_t id, bool resolved, const std::string& author);

    // What performers agreed to, oldest first; consentOf() says which counts.
    Result<std::vector<ConsentRecord>> consents() const;
    // A new record where its id is 0, else the one of this id, which need not be there any more.
    // Entered in the audit log with who did it, as is taking one away. Errors: usage (no such
    // performer; what checkConsent() says).
    Result<ConsentRecord> putConsent(const ConsentRecord& consent, const std::string& author);
    Status removeConsent(int64_t id, const std::string& author);

    // Free settings of the project ("extract.size", ...).
    Result<std::optional<std::string>> setting(const std::string& key) const;
    Status putSetting(const std::string& key, const std::string& value);

    Status audit(const std::string& action, const std::string& detail);
    Result<std::vector<AuditEntry>> auditLog() const;
    // Whether the hash chain holds from the first entry to the last.
    Status verifyAudit() const;

    // A number that grows with every change by any process: poll it to notice others' changes.
    Result<int64_t> dataVersion() const;

  private:
    struct State;
    explicit Project(std::unique_ptr<State> state);
    std::unique_ptr<State> state_;
};

}  // namespace understudy::media
