// A project document as an older program left it, and a clip to put into one.
#pragma once

#include <catch2/catch.hpp>
#include <filesystem>
#include <memory>
#include <string>

#include "media/project/database.h"
#include "media/project/project.h"
#include "media/project/schema.h"

namespace understudy::tests {

inline media::ClipRecord clipOf(const std::string& name) {
    media::ClipRecord clip;
    clip.performer = "Anna";
    clip.path = "/plates/" + name + ".mov";
    clip.name = name;
    return clip;
}

// In `folder`, of this schema: a performer with the clip "bird", whose frame 4 was searched; then
// `more`, SQL of the test. Still open.
inline std::unique_ptr<media::Database> makeOlderProject(const std::filesystem::path& folder,
                                                         int schema, const std::string& more = "") {
    std::filesystem::create_directories(folder);
    auto database =
        std::move(*media::Database::open(folder / "project.db", media::Database::Access::create));
    REQUIRE(database->run("PRAGMA application_id = " + std::to_string(media::kApplicationId)).ok());
    for (const media::Migration& step : media::migrations()) {
        if (step.from < schema) {
            REQUIRE(database->run(step.sql).ok());
        }
    }
    REQUIRE(database
                ->run("PRAGMA user_version = " + std::to_string(schema) +
                      "; INSERT INTO meta VALUES ('writer', '0.1'); "
                      "INSERT INTO performers(id, name) VALUES (1, 'A'); "
                      "INSERT INTO clips(id, name, performer, path, frames, first, last, fps, "
                      "width, height, pixel_aspect, encoding, missing) VALUES (1, 'bird', 1, "
                      "x'2f62', 9, 1, 9, 24, 640, 480, 1, 'bt709', x''); "
                      "INSERT INTO faces(clip, frame, how, confidence, jitter) VALUES (1, 4, 0, 0, "
                      "0); " +
                      more)
                .ok());
    return database;
}

}  // namespace understudy::tests
