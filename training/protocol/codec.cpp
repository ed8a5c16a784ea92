#include "training/protocol/codec.h"

#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>

#include "media/base/log.h"
#include "training/protocol/fields.h"

namespace understudy::training {
namespace {

using Json = nlohmann::ordered_json;

constexpr int kDepthLimit = 32;
// A list of empty objects is short on the wire and long in memory.
constexpr size_t kListLimit = 100000;

// ---- writing ------------------------------------------------------------------------------------

template <class Object>
Json objectOf(const Object& object);

Json valueOf(const std::string& text) {
    return text;
}
Json valueOf(double number) {
    return std::isfinite(number) ? Json(number) : Json(nullptr);
}
Json valueOf(std::integral auto number) {
    return number;
}
Json valueOf(const JobError& error) {
    return objectOf(error);
}
Json valueOf(const JobInfo& info) {
    return objectOf(info);
}
template <class Object>
concept Part = FormOf<Object, DeviceInfo> || FormOf<Object, GpuLoad> || FormOf<Object, DiskSpace> ||
    FormOf<Object, TelemetrySampled>;
Json valueOf(const Part auto& part) {
    return objectOf(part);
}
template <class Element>
Json valueOf(const std::vector<Element>& list) {
    Json array = Json::array();
    for (const auto& element : list) {
        array.push_back(valueOf(element));
    }
    return array;
}
template <class Value>
Json valueOf(const std::map<std::string, Value>& map) {
    Json object = Json::object();
    for (const auto& [key, value] : map) {
        object[key] = valueOf(value);
    }
    return object;
}

struct Writer {
    Json& object;
    template <class Value>
    void operator()(const char* name, const Value& value) {
        object[name] = valueOf(value);
    }
    // Absent and NaN are different things, so an empty field is left out.
    template <class Value>
    void operator()(const char* name, const std::optional<Value>& value) {
        if (value) {
            object[name] = valueOf(*value);
        }
    }
};

template <class Object>
Json objectOf(const Object& object) {
    Json json = Json::object();
    visitFields(object, Writer{json});
    return json;
}

std::string lineOf(const Json& json) {
    return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

// ---- reading ------------------------------------------------------------------------------------

template <class Object>
bool readObject(const Json& json, Object& object, std::string& wrong);

bool readValue(const Json& json, std::string& text, std::string&) {
    if (!json.is_string()) {
        return false;
    }
    text = json.get<std::string>();
    return true;
}
bool readValue(const Json& json, double& number, std::string&) {
    if (json.is_null()) {
        number = std::numeric_limits<double>::quiet_NaN();
        return true;
    }
    if (!json.is_number()) {
        return false;
    }
    number = json.get<double>();
    return true;
}
template <std::integral Integer>
bool readValue(const Json& json, Integer& number, std::string&) {
    using Limits = std::numeric_limits<Integer>;
    if (json.is_number_unsigned()) {
        const auto value = json.get<uint64_t>();
        number = static_cast<Integer>(value);
        return value <= static_cast<uint64_t>(Limits::max());
    }
    if (json.is_number_integer()) {
        const auto value = json.get<int64_t>();
        number = static_cast<Integer>(value);
        return value >= Limits::min() && value <= Limits::max();
    }
    return false;
}
bool readValue(const Json& json, bool& flag, std::string&) {
    if (!json.is_boolean()) {
        return false;
    }
    flag = json.get<bool>();
    return true;
}
bool readValue(const Json& json, JobError& error, std::string& wrong) {
    return readObject(json, error, wrong);
}
bool readValue(const Json& json, JobInfo& info, std::string& wrong) {
    return readObject(json, info, wrong);
}
bool readValue(const Json& json, Part auto& part, std::string& wrong) {
    return readObject(json, part, wrong);
}
template <class Element>
bool readValue(const Json& json, std::vector<Element>& list, std::string& wrong) {
    if (!json.is_array() || json.size() > kListLimit) {
        return false;
    }
    list.clear();
    for (const auto& item : json) {
        if (!readValue(item, list.emplace_back(), wrong)) {
            return false;
        }
    }
    return true;
}
template <class Value>
bool readValue(const Json& json, std::map<std::string, Value>& map, std::string& wrong) {
    if (!json.is_object() || json.size() > kListLimit) {
        return false;
    }
    map.clear();
    for (const auto& item : json.items()) {
        if (!readValue(item.value(), map[item.key()], wrong)) {
            return false;
        }
    }
    return true;
}
template <class Value>
bool readValue(const Json& json, std::optional<Value>& value, std::string& wrong) {
    return readValue(json, value.emplace(), wrong);
}

// Absent fields keep their defaults: an older peer does not send them.
struct Reader {
    const Json& object;
    std::string& wrong;
    template <class Value>
    void operator()(const char* name, Value& value) {
        const auto found = object.find(name);
        if (found != object.end() && wrong.empty() && !readValue(*found, value, wrong) &&
            wrong.empty()) {
            wrong = name;
        }
    }
};

template <class Object>
bool readObject(const Json& json, Object& object, std::string& wrong) {
    if (!json.is_object()) {
        return false;
    }
    visitFields(object, Reader{json, wrong});
    return wrong.empty();
}

Error notUnderstood(const std::string& why, const std::string& where = "") {
    return {ErrorCode::usage, why, where, "The two programs may be of different versions"};
}

bool nestedTooDeep(std::string_view text) {
    int depth = 0;
    bool inString = false;
    for (size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if (inString) {
            i += c == '\\' ? 1 : 0;
            inString = c != '"';
        } else if (c == '"') {
            inString = true;
        } else if (c == '{' || c == '[') {
            if (++depth > kDepthLimit) {
                return true;
            }
        } else if (c == '}' || c == ']') {
            --depth;
        }
    }
    return false;
}

Result<Json> parse(std::string_view text) {
    if (text.size() > kMessageLimit) {
        return notUnderstood("a message is larger than " + std::to_string(kMessageLimit) +
                             " bytes");
    }
    if (nestedTooDeep(text)) {
        return notUnderstood("a message is nested too deeply");
    }
    Json json = Json::parse(validUtf8(std::string(text)), nullptr, false);
    if (!json.is_object()) {
        return notUnderstood("a line is no JSON object");
    }
    return json;
}

template <class Type>
bool tryRead(const std::string& name, const Json& json, std::optional<Message>& message,
             std::string& wrong) {
    if (name != Type::kName) {
        return false;
    }
    Type content;
    if (readObject(json, content, wrong)) {
        message = std::move(content);
    }
    return true;
}

template <class... Types>
bool readAny(std::type_identity<std::variant<Types...>>, const std::string& name, const Json& json,
             std::optional<Message>& message, std::string& wrong) {
    return (tryRead<Types>(name, json, message, wrong) || ...);
}

}  // namespace

const char* messageName(const Message& message) {
    return std::visit([](const auto& content) { return content.kName; }, message);
}

std::string encode(const Message& message) {
    Json json = {{"message", messageName(message)}};
    std::visit([&json](const auto& content) { visitFields(content, Writer{json}); }, message);
    return lineOf(json);
}

Result<Message> decode(std::string_view line) {
    US_ASSIGN(const Json json, parse(line));
    const auto named = json.find("message");
    if (named == json.end() || !named->is_string()) {
        return notUnderstood("a line does not say which message it is");
    }
    const auto name = named->get<std::string>();
    std::optional<Message> message;
    std::string wrong;
    if (!readAny(std::type_identity<Message>(), name, json, message, wrong)) {
        return notUnderstood("the message is not known", name);
    }
    if (!message) {
        return notUnderstood("field " + wrong + " of a message has a wrong value", name);
    }
    return *std::move(message);
}

int64_t requestOf(const Message& message) {
    return std::visit(
        [](const auto& content) -> int64_t {
            if constexpr (requires { content.request; }) {
                return content.request;
            } else {
                return 0;
            }
        },
        message);
}

int64_t requestIn(std::string_view line) {
    const auto json = parse(line);
    int64_t request = 0;
    std::string wrong;
    if (!json.ok() || !json->contains("request") ||
        !readValue((*json)["request"], request, wrong)) {
        return 0;
    }
    return request;
}

std::string devicesToJson(const DevicesListed& devices) {
    return lineOf(objectOf(devices));
}

std::string jobInfoToJson(const JobInfo& info) {
    return lineOf(objectOf(info));
}

Result<JobInfo> jobInfoFromJson(std::string_view text) {
    US_ASSIGN(const Json json, parse(text));
    JobInfo info;
    std::string wrong;
    if (!readObject(json, info, wrong)) {
        return notUnderstood("field " + wrong + " of a job has a wrong value");
    }
    return info;
}

}  // namespace understudy::training
