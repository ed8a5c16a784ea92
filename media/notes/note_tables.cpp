#include "media/notes/note_tables.h"

#include <algorithm>
#include <cctype>
#include <nlohmann/json.hpp>

#include "media/base/log.h"
#include "media/source/frame_sink.h"
#include "media/source/sequence_pattern.h"

namespace understudy::media {

using nlohmann::ordered_json;

namespace {

std::string field(const std::string& text) {
    const bool formula =
        !text.empty() && std::string("=+-@\t\r").find(text[0]) != std::string::npos;
    std::string quoted = formula ? "\"'" : "\"";
    for (const char c : text) {
        quoted += c;
        if (c == '"') {
            quoted += c;
        }
    }
    return quoted + "\"";
}

ordered_json time(double frames, double rate) {
    return {{"OTIO_SCHEMA", "RationalTime.1"}, {"rate", rate}, {"value", frames}};
}

ordered_json range(int64_t first, int64_t last, double rate) {
    return {{"OTIO_SCHEMA", "TimeRange.1"},
            {"start_time", time(static_cast<double>(first), rate)},
            {"duration", time(static_cast<double>(last - first + 1), rate)}};
}

// Marker colours are a fixed list of words.
const char* colorOf(const NoteRecord& note) {
    return note.open() ? "RED" : "GREEN";
}

ordered_json drawingJson(const NoteDrawing& drawing) {
    static constexpr const char* kKinds[] = {"freehand", "arrow", "text"};
    ordered_json marks = ordered_json::array();
    for (const DrawingMark& mark : drawing.marks) {
        ordered_json points = ordered_json::array();
        for (const DrawingPoint& point : mark.points) {
            points.push_back({point.x, point.y});
        }
        marks.push_back({{"kind", kKinds[static_cast<size_t>(mark.kind)]},
                         {"color", mark.color},
                         {"width", mark.width},
                         {"points", points},
                         {"text", mark.text}});
    }
    return marks;
}

ordered_json marker(const NoteRecord& note, double rate) {
    const ordered_json own = {{"text", note.text},
                              {"author", note.author},
                              {"created", note.created},
                              {"action", noteActionName(note.action)},
                              {"resolved", note.resolved},
                              {"resolved_by", note.resolvedBy},
                              {"drawing", drawingJson(note.drawing)}};
    return {{"OTIO_SCHEMA", "Marker.2"},
            {"name", note.text.substr(0, note.text.find('\n')).substr(0, 80)},
            {"color", colorOf(note)},
            {"marked_range", range(note.first, note.last, rate)},
            {"metadata", {{"understudy", own}}}};
}

// A file as a URL; everything but plain characters as %XX.
std::string urlOf(const std::string& path) {
    static constexpr char kDigits[] = "0123456789ABCDEF";
    std::string url = "file://";
    for (const char c : path) {
        const auto byte = static_cast<unsigned char>(c);
        const bool plain = byte < 128 && (std::isalnum(byte) != 0 ||
                                          std::string("/._-~").find(c) != std::string::npos);
        plain ? url += c : (url += '%', url += kDigits[byte >> 4], url += kDigits[byte & 15]);
    }
    return url;
}

ordered_json reference(const std::string& result, int64_t first, int64_t last, double rate) {
    if (isMoviePath(result)) {
        return {{"OTIO_SCHEMA", "ExternalReference.1"},
                {"target_url", urlOf(result)},
                {"available_range", range(first, last, rate)},
                {"metadata", ordered_json::object()}};
    }
    const auto parsed = parseSequencePattern(result);
    const SequencePattern pattern = parsed ? parsed->pattern : SequencePattern();
    return {{"OTIO_SCHEMA", "ImageSequenceReference.1"},
            {"target_url_base", urlOf(pattern.folder.string() + "/")},
            {"name_prefix", pattern.prefix},
            {"name_suffix", pattern.suffix},
            {"start_frame", first},
            {"frame_step", 1},
            {"rate", rate},
            {"frame_zero_padding", pattern.digits},
            {"missing_frame_policy", "hold"},
            {"available_range", range(first, last, rate)},
            {"metadata", ordered_json::object()}};
}

}  // namespace

std::string notesCsv(const std::vector<NotedVersion>& noted) {
    std::string csv =
        "clip,version,status,first,last,author,created,action,resolved,resolved_by,drawing,note"
        "\r\n";
    for (const NotedVersion& each : noted) {
        for (const NoteRecord& note : each.notes) {
            csv += field(each.version.clip) + ',' + versionName(each.version.number) + ',' +
                   std::string(versionStatusName(each.version.status)) + ',' +
                   std::to_string(note.first) + ',' + std::to_string(note.last) + ',' +
                   field(note.author) + ',' + field(note.created) + ',' +
                   std::string(noteActionName(note.action)) + ',' + field(note.resolved) + ',' +
                   field(note.resolvedBy) + ',' + std::to_string(note.drawing.marks.size()) + ',' +
                   field(note.text) + "\r\n";
        }
    }
    return csv;
}

std::string notesOtio(const std::string& title, const std::vector<NotedVersion>& noted) {
    ordered_json tracks = ordered_json::array();
    for (const NotedVersion& each : noted) {
        const double rate = each.clip && each.clip->fps > 0 ? each.clip->fps : 24;
        int64_t first = each.notes.front().first;
        int64_t last = each.notes.front().last;
        for (const NoteRecord& note : each.notes) {
            last = std::max(last, note.last);
        }
        const auto rendered = FrameList::parse(each.version.frames);
        if (!each.version.frames.empty() && rendered.ok() && !rendered->ranges().empty()) {
            first = rendered->ranges().front().first;
            last = rendered->ranges().back().last;
            for (const FrameRange& part : rendered->ranges()) {
                first = std::min(first, part.first);
                last = std::max(last, part.last);
            }
        } else if (each.clip && each.clip->last >= each.clip->first) {
            first = each.clip->first;
            last = each.clip->last;
        }
        ordered_json markers = ordered_json::array();
        for (const NoteRecord& note : each.notes) {
            markers.push_back(marker(note, rate));
        }
        const std::string name = each.version.clip + " " + versionName(each.version.number);
        const ordered_json own = {{"clip", each.version.clip},
                                  {"version", versionName(each.version.number)},
                                  {"status", versionStatusName(each.version.status)},
                                  {"run", each.version.run},
                                  {"step", each.version.step},
                                  {"frames", each.version.frames}};
        const ordered_json clip = {{"OTIO_SCHEMA", "Clip.1"},
                                   {"name", name},
                                   {"source_range", range(first, last, rate)},
                                   {"media_reference", reference(each.result, first, last, rate)},
                                   {"markers", markers},
                                   {"effects", ordered_json::array()},
                                   {"metadata", {{"understudy", own}}}};
        tracks.push_back({{"OTIO_SCHEMA", "Track.1"},
                          {"name", name},
                          {"kind", "Video"},
                          {"source_range", nullptr},
                          {"children", ordered_json::array({clip})},
                          {"markers", ordered_json::array()},
                          {"effects", ordered_json::array()},
                          {"metadata", ordered_json::object()}});
    }
    const ordered_json stack = {
        {"OTIO_SCHEMA", "Stack.1"},          {"name", "tracks"},
        {"source_range", nullptr},           {"children", tracks},
        {"markers", ordered_json::array()},  {"effects", ordered_json::array()},
        {"metadata", ordered_json::object()}};
    const ordered_json timeline = {
        {"OTIO_SCHEMA", "Timeline.1"},
        {"name", title},
        {"global_start_time", nullptr},
        {"tracks", stack},
        {"metadata", {{"understudy", {{"program", std::string("Understudy ") + US_VERSION}}}}}};
    return timeline.dump(2, ' ', false, ordered_json::error_handler_t::replace) + "\n";
}

}  // namespace understudy::media
