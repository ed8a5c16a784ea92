// What a Project holds, shared by the files that implement it (private to media/project).
#pragma once

#include <functional>

#include "media/project/database.h"
#include "media/project/project.h"

namespace understudy::media {

struct Project::State {
    std::filesystem::path folder;
    bool readOnly = false;
    std::unique_ptr<Database> database;

    // One transaction that also counts the change. Errors: cannotWrite where the project is
    // read-only.
    Status write(const std::function<Status()>& body);
    // Errors: usage, naming the clips there are.
    Result<int64_t> clipId(const std::string& name);
    Result<std::vector<std::string>> clipNames();
};

// The next entry of the audit log, within the transaction that it tells of.
Status appendAudit(Database& database, const std::string& action, const std::string& detail);

// As it is kept: relative where the file lies below the project, so that both can move together.
std::string keptPath(const std::filesystem::path& folder, const std::string& given);

// Of a clip, by its id.
Status removeLandmarkCorrections(Database& database, int64_t clip);
Status removeAssignments(Database& database, int64_t clip);

// Errors: usage, saying what a name may be.
Status checkPerformerName(const std::string& name);
// Of one who is called so, or was; a new one where nobody is.
Result<int64_t> performerId(Database& database, const std::string& name);

// Clips that were taken out long ago, for good.
Status purgeRemovedClips(Database& database);

// The setting that says where the faces of a clip were imported from.
std::string importedKey(const std::string& clip);

// "2031-05-06T07:08:09Z".
std::string timeNow();

// A name becomes part of file names: one that could lead elsewhere is damage.
bool isFileSafe(const std::string& name);

// A name that is safe in files and on command lines, from any wish.
std::string fileSafeName(const std::string& wish);

}  // namespace understudy::media
