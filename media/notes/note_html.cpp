#include "media/notes/note_html.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdio>
#include <filesystem>
#include <sstream>

#include "media/base/file.h"
#include "media/base/temporary_folder.h"
#include "media/source/image_file.h"

namespace understudy::media {

namespace fs = std::filesystem;

namespace {

constexpr uint64_t kMostPicture = 64u << 20;  // bytes of a small picture as a file

constexpr const char* kStyle = R"css(
body { background: #262626; color: #e0e0e0; font: 14px/1.45 "DejaVu Sans", sans-serif; margin: 32px; }
h1 { font-size: 20px; font-weight: 600; } h2 { font-size: 15px; font-weight: 600; margin: 32px 0 8px; }
.note { display: flex; gap: 16px; padding: 12px 0; border-top: 1px solid #4a4a4a; break-inside: avoid; }
.picture { position: relative; flex: none; width: 480px; background: #141414; }
.picture img { display: block; width: 100%; } .picture svg { position: absolute; inset: 0; width: 100%; height: 100%; }
.said { white-space: pre-wrap; overflow-wrap: anywhere; font-size: 15px; }
.about { color: #b8b8b8; font-size: 12px; } .resolved .said { color: #a0a0a0; }
@media print { body { background: white; color: black; } .about { color: #444; } .note { border-color: #bbb; } }
)css";

std::string escaped(const std::string& text) {
    std::string out;
    for (const char c : text) {
        switch (c) {
            case '&':
                out += "&amp;";
                break;
            case '<':
                out += "&lt;";
                break;
            case '>':
                out += "&gt;";
                break;
            case '"':
                out += "&quot;";
                break;
            default:
                out += c;
        }
    }
    return out;
}

std::string base64(const std::string& bytes) {
    static constexpr char kLetters[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    std::string out;
    out.reserve((bytes.size() + 2) / 3 * 4);
    for (size_t i = 0; i < bytes.size(); i += 3) {
        uint32_t block = 0;
        for (size_t j = 0; j < 3; ++j) {
            block = block << 8 | (i + j < bytes.size() ? static_cast<uint8_t>(bytes[i + j]) : 0u);
        }
        for (size_t j = 0; j < 4; ++j) {
            const bool filled = i + j <= bytes.size();
            out += filled ? kLetters[block >> (18 - 6 * j) & 63] : '=';
        }
    }
    return out;
}

Result<std::string> jpegOf(const Image& image, const fs::path& folder) {
    const fs::path file = folder / "note.jpg";
    US_TRY(writeImage(file, image));
    return readFile(file, kMostPicture);
}

// With a point, whatever the user's language has.
std::string number(double value) {
    char text[32];
    const auto end = std::to_chars(text, text + sizeof text, value, std::chars_format::fixed, 1);
    return {text, end.ptr};
}

// Lines of their own below each other, which SVG does not make of line ends.
std::string linesSvg(const std::string& words, const std::string& x) {
    std::string svg;
    std::istringstream lines(words);
    for (std::string line; std::getline(lines, line);) {
        svg += "<tspan x=\"" + x + "\" dy=\"" + (svg.empty() ? "0" : "1.2em") + "\">" +
               escaped(line) + "</tspan>";
    }
    return svg;
}

std::string colorOf(const DrawingMark& mark) {
    char text[8];
    std::snprintf(text, sizeof text, "#%02x%02x%02x", mark.color[0], mark.color[1], mark.color[2]);
    return text;
}

std::string lineSvg(const std::string& points, const DrawingMark& mark, double width) {
    const auto line = [&](const std::string& color, double thick) {
        return "<polyline points=\"" + points + "\" fill=\"none\" stroke=\"" + color +
               "\" stroke-width=\"" + number(thick) +
               "\" stroke-linecap=\"round\" stroke-linejoin=\"round\"/>";
    };
    return line("#000000", width + 2) + line(colorOf(mark), width);
}

}  // namespace

std::string drawingSvg(const NoteDrawing& drawing, int width, int height) {
    std::string svg =
        "<svg viewBox=\"0 0 " + std::to_string(width) + " " + std::to_string(height) + "\">";
    for (const DrawingMark& mark : drawing.marks) {
        const double thick = std::max(1.5, static_cast<double>(mark.width) * height);
        std::string points;
        for (const DrawingPoint& point : mark.points) {
            points += number(point.x * width) + "," + number(point.y * height) + " ";
        }
        if (mark.kind == DrawingMark::Kind::text) {
            svg += "<text x=\"" + number(mark.points[0].x * width) + "\" y=\"" +
                   number(mark.points[0].y * height) + "\" font-size=\"" + number(8 * thick) +
                   "\" fill=\"" + colorOf(mark) +
                   "\" stroke=\"#000000\" stroke-width=\"2\" paint-order=\"stroke\" "
                   "dominant-baseline=\"middle\">" +
                   linesSvg(mark.text, number(mark.points[0].x * width)) + "</text>";
            continue;
        }
        if (mark.kind == DrawingMark::Kind::arrow) {
            const double x = mark.points[1].x * width;
            const double y = mark.points[1].y * height;
            const double angle =
                std::atan2(y - mark.points[0].y * height, x - mark.points[0].x * width);
            for (const double side : {-0.45, 0.45}) {
                const double reach = 5 * thick + 6;
                points += number(x - reach * std::cos(angle + side)) + "," +
                          number(y - reach * std::sin(angle + side)) + " " + number(x) + "," +
                          number(y) + " ";
            }
        }
        svg += lineSvg(points, mark, thick);
    }
    return svg + "</svg>";
}

Result<std::string> notesHtml(const std::string& title, const std::vector<NotedVersion>& noted,
                              const NotePicture& picture) {
    US_ASSIGN(const TemporaryFolder temporary, TemporaryFolder::make());
    std::string html = "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>" +
                       escaped(title) + "</title><style>" + kStyle + "</style></head>\n<body><h1>" +
                       escaped(title) + "</h1>\n";
    for (const NotedVersion& each : noted) {
        html += "<h2>" + escaped(each.version.clip) + " " + versionName(each.version.number) +
                " &middot; " + std::string(versionStatusName(each.version.status)) + "</h2>\n";
        for (const NoteRecord& note : each.notes) {
            html += note.open() ? "<div class=\"note\">" : "<div class=\"note resolved\">";
            html += "<div class=\"picture\">";
            if (const auto image = picture(each, note)) {
                US_ASSIGN(const std::string jpeg, jpegOf(*image, temporary.path()));
                html += "<img alt=\"\" src=\"data:image/jpeg;base64," + base64(jpeg) + "\">" +
                        drawingSvg(note.drawing, image->width(), image->height());
            }
            html += "</div><div><div class=\"about\">Frames " + noteFrames(note) + " &middot; " +
                    escaped(note.author) + " &middot; " + escaped(note.created);
            if (note.action != NoteAction::none) {
                html += " &middot; " + std::string(noteActionName(note.action));
            }
            html += note.open() ? " &middot; open"
                                : " &middot; resolved by " + escaped(note.resolvedBy);
            html += "</div><div class=\"said\">" + escaped(note.text) + "</div></div></div>\n";
        }
    }
    return html + "</body></html>\n";
}

}  // namespace understudy::media
