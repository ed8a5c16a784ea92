#include "media/notes/note_tables.h"

#include <catch2/catch.hpp>

#include "media/notes/note_html.h"

using namespace understudy::media;

namespace {

NotedVersion noted(const std::string& text) {
    NotedVersion version;
    version.version.clip = "bird \"two\"";
    version.version.number = 3;
    NoteRecord note;
    note.first = note.last = 7;
    note.text = text;
    note.author = "Zoë";
    version.notes = {note};
    return version;
}

std::string lineOf(const std::string& text) {
    const std::string csv = notesCsv({noted(text)});
    return csv.substr(csv.find("\r\n") + 2);
}

}  // namespace

TEST_CASE("a table quotes what people write, and no spreadsheet takes it for a formula") {
    CHECK(lineOf("soft, \"jumps\"\nagain") ==
          "\"bird \"\"two\"\"\",v003,wip,7,7,\"Zoë\",\"\",none,\"\",\"\",0,"
          "\"soft, \"\"jumps\"\"\nagain\"\r\n");
    for (const std::string formula : {"=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1"}) {
        CHECK(lineOf(formula).ends_with("\"'" + formula + "\"\r\n"));
    }
    CHECK(lineOf("a=1").ends_with("\"a=1\"\r\n"));
    const std::string none = notesCsv({});
    CHECK(none.find("\r\n") == none.size() - 2);
}

TEST_CASE("a page shows words as words, and says where there is no picture") {
    const auto page = notesHtml("Notes of <show>", {noted("<script>alert(1)</script> & \"so\"")},
                                [](const auto&, const auto&) { return std::nullopt; });
    REQUIRE(page.ok());
    CHECK(page->find("<script") == std::string::npos);
    CHECK(page->find("&lt;script&gt;alert(1)&lt;/script&gt; &amp; &quot;so&quot;") !=
          std::string::npos);
    CHECK(page->find("Notes of &lt;show&gt;") != std::string::npos);
    CHECK(page->find("bird &quot;two&quot;") != std::string::npos);
    CHECK(page->find("<img") == std::string::npos);
}

TEST_CASE("marks are drawn where they were, each with an edge that shows on any picture") {
    NoteDrawing drawing;
    DrawingMark mark;
    mark.points = {{0.25f, 0.5f}, {0.5f, 0.75f}};
    mark.color = {255, 128, 0};
    drawing.marks = {mark};
    const std::string svg = drawingSvg(drawing, 400, 200);
    CHECK(svg.find("viewBox=\"0 0 400 200\"") != std::string::npos);
    CHECK(svg.find("100.0,100.0 200.0,150.0") != std::string::npos);
    CHECK(svg.find("#ff8000") != std::string::npos);
    CHECK(svg.find("#000000") < svg.find("#ff8000"));
    mark.kind = DrawingMark::Kind::text;
    mark.text = "<b>\nzwei";
    drawing.marks = {mark};
    const std::string words = drawingSvg(drawing, 400, 200);
    CHECK(words.find("&lt;b&gt;") != std::string::npos);
    CHECK(words.find("<b>") == std::string::npos);
}
