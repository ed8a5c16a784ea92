// The one list of every message's fields and their names on the wire; reading and writing both walk
// it. `Self` is the message or its const form, `visit` is called with (name, field) for each field.
// A new message needs its list here, its place in the variant, and nothing else.
#pragma once

#include <concepts>
#include <type_traits>

#include "training/protocol/messages.h"

namespace understudy::training {

template <class Self, class Type>
concept FormOf = std::same_as<std::remove_const_t<Self>, Type>;

void visitFields(FormOf<Hello> auto& self, auto&& visit) {
    visit("protocolVersion", self.protocolVersion);
    visit("program", self.program);
    visit("version", self.version);
}

void visitFields(FormOf<JobError> auto& self, auto&& visit) {
    visit("code", self.code);
    visit("message", self.message);
    visit("where", self.where);
    visit("remedy", self.remedy);
}

void visitFields(FormOf<JobInfo> auto& self, auto&& visit) {
    visit("job", self.job);
    visit("kind", self.kind);
    visit("project", self.project);
    visit("title", self.title);
    visit("run", self.run);
    visit("clip", self.clip);
    visit("state", self.state);
    visit("done", self.done);
    visit("total", self.total);
    visit("unit", self.unit);
    visit("rate", self.rate);
    visit("secondsLeftLow", self.secondsLeftLow);
    visit("secondsLeftHigh", self.secondsLeftHigh);
    visit("started", self.started);
    visit("ended", self.ended);
    visit("exitCode", self.exitCode);
    visit("error", self.error);
    visit("result", self.result);
    visit("text", self.text);
    visit("gpuHours", self.gpuHours);
    visit("cost", self.cost);
    visit("energyKwh", self.energyKwh);
    visit("secondsToLossLow", self.secondsToLossLow);
    visit("secondsToLossHigh", self.secondsToLossHigh);
    visit("priority", self.priority);
    visit("place", self.place);
    visit("after", self.after);
    visit("heldBy", self.heldBy);
    visit("devices", self.devices);
    visit("pauseReason", self.pauseReason);
    visit("out", self.out);
}

void visitFields(FormOf<DeviceInfo> auto& self, auto&& visit) {
    visit("id", self.id);
    visit("index", self.index);
    visit("name", self.name);
    visit("memoryTotal", self.memoryTotal);
    visit("reserved", self.reserved);
    visit("jobs", self.jobs);
}

void visitFields(FormOf<GpuLoad> auto& self, auto&& visit) {
    visit("id", self.id);
    visit("index", self.index);
    visit("memoryTotal", self.memoryTotal);
    visit("load", self.load);
    visit("memoryUsed", self.memoryUsed);
    visit("watts", self.watts);
    visit("wattLimit", self.wattLimit);
    visit("celsius", self.celsius);
    visit("throttling", self.throttling);
}

void visitFields(FormOf<DiskSpace> auto& self, auto&& visit) {
    visit("folder", self.folder);
    visit("free", self.free);
    visit("total", self.total);
    visit("low", self.low);
}

void visitFields(FormOf<StartJob> auto& self, auto&& visit) {
    visit("request", self.request);
    visit("kind", self.kind);
    visit("project", self.project);
    visit("title", self.title);
    visit("run", self.run);
    visit("clip", self.clip);
    visit("arguments", self.arguments);
    visit("priority", self.priority);
    visit("after", self.after);
    visit("hold", self.hold);
    visit("environment", self.environment);
    visit("shareDevices", self.shareDevices);
}

template <class Self>
concept RequestOnJob = FormOf<Self, StopJob> || FormOf<Self, PauseJob> || FormOf<Self, ResumeJob> ||
    FormOf<Self, WriteCheckpoint> || FormOf<Self, WritePreview> || FormOf<Self, RequestDone>;

void visitFields(RequestOnJob auto& self, auto&& visit) {
    visit("request", self.request);
    visit("job", self.job);
}

void visitFields(FormOf<ChangeSettings> auto& self, auto&& visit) {
    visit("request", self.request);
    visit("job", self.job);
    visit("settings", self.settings);
    visit("reason", self.reason);
}

void visitFields(FormOf<RenderPreview> auto& self, auto&& visit) {
    visit("request", self.request);
    visit("arguments", self.arguments);
}

void visitFields(FormOf<SettingsChanged> auto& self, auto&& visit) {
    visit("job", self.job);
    visit("settings", self.settings);
    visit("step", self.step);
    visit("error", self.error);
}

void visitFields(FormOf<ListJobs> auto& self, auto&& visit) {
    visit("request", self.request);
    visit("offset", self.offset);
    visit("limit", self.limit);
    visit("states", self.states);
    visit("project", self.project);
    visit("over", self.over);
}

void visitFields(FormOf<ChangeJob> auto& self, auto&& visit) {
    visit("request", self.request);
    visit("job", self.job);
    visit("priority", self.priority);
    visit("move", self.move);
    visit("before", self.before);
    visit("after", self.after);
}

void visitFields(FormOf<ListDevices> auto& self, auto&& visit) {
    visit("request", self.request);
}

void visitFields(FormOf<WatchTelemetry> auto& self, auto&& visit) {
    visit("request", self.request);
    visit("on", self.on);
}

void visitFields(FormOf<TelemetrySampled> auto& self, auto&& visit) {
    visit("time", self.time);
    visit("gpus", self.gpus);
    visit("cpu", self.cpu);
    visit("memoryTotal", self.memoryTotal);
    visit("memoryAvailable", self.memoryAvailable);
    visit("disks", self.disks);
}

void visitFields(FormOf<DevicesListed> auto& self, auto&& visit) {
    visit("request", self.request);
    visit("devices", self.devices);
    visit("telemetry", self.telemetry);
}

void visitFields(FormOf<StopService> auto& self, auto&& visit) {
    visit("request", self.request);
}

void visitFields(FormOf<RequestFailed> auto& self, auto&& visit) {
    visit("request", self.request);
    visit("error", self.error);
}

void visitFields(FormOf<JobsListed> auto& self, auto&& visit) {
    visit("request", self.request);
    visit("jobs", self.jobs);
    visit("total", self.total);
}

void visitFields(FormOf<JobChanged> auto& self, auto&& visit) {
    visit("info", self.info);
}

void visitFields(FormOf<JobProgressed> auto& self, auto&& visit) {
    visit("job", self.job);
    visit("done", self.done);
    visit("total", self.total);
    visit("unit", self.unit);
    visit("rate", self.rate);
    visit("secondsLeftLow", self.secondsLeftLow);
    visit("secondsLeftHigh", self.secondsLeftHigh);
    visit("text", self.text);
    visit("gpuHours", self.gpuHours);
    visit("cost", self.cost);
    visit("energyKwh", self.energyKwh);
    visit("secondsToLossLow", self.secondsToLossLow);
    visit("secondsToLossHigh", self.secondsToLossHigh);
}

void visitFields(FormOf<StepFinished> auto& self, auto&& visit) {
    visit("job", self.job);
    visit("step", self.step);
    visit("time", self.time);
    visit("loss", self.loss);
    visit("terms", self.terms);
    visit("validation", self.validation);
    visit("learningRate", self.learningRate);
    visit("iterationsPerSecond", self.iterationsPerSecond);
    visit("dataWait", self.dataWait);
}

void visitFields(FormOf<PreviewWritten> auto& self, auto&& visit) {
    visit("job", self.job);
    visit("step", self.step);
    visit("path", self.path);
}

void visitFields(FormOf<CheckpointWritten> auto& self, auto&& visit) {
    visit("job", self.job);
    visit("step", self.step);
    visit("path", self.path);
    visit("stall", self.stall);
    visit("seconds", self.seconds);
    visit("copy", self.copy);
}

void visitFields(FormOf<FacesFound> auto& self, auto&& visit) {
    visit("job", self.job);
    visit("clip", self.clip);
    visit("firstFrame", self.firstFrame);
    visit("lastFrame", self.lastFrame);
    visit("found", self.found);
}

void visitFields(FormOf<WarningRaised> auto& self, auto&& visit) {
    visit("job", self.job);
    visit("text", self.text);
}

void visitFields(FormOf<JobFinished> auto& self, auto&& visit) {
    visit("job", self.job);
    visit("exitCode", self.exitCode);
    visit("error", self.error);
    visit("result", self.result);
}

}  // namespace understudy::training
