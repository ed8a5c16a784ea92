// SPDX-License-Identifier: GPL-3.0-or-later
// Edits of a value that a form holds, on the window's undo stack: one command for a gesture, such
// as what is typed into one field or a spin box that is turned. A gesture ends when nothing is
// edited for a second, and with whatever is undone.
#pragma once

#include <QTimer>
#include <QUndoStack>
#include <functional>
#include <memory>
#include <string>
#include <utility>

namespace understudy::ui {

// A command that may come to nothing while it waits, such as one of a run that ends.
class PassingCommand : public QUndoCommand {
  public:
    using QUndoCommand::QUndoCommand;
    virtual bool passed() const = 0;

  protected:
    static constexpr int kId = 0x4544;  // of commands that may merge
};

// Takes away those that have passed where undo or redo would come to one next, so that neither is
// offered and does nothing. Never while a command is undone or done again.
void dropPassed(QUndoStack& undo);

template <class State>
class Edits {
  public:
    using Restore = std::function<void(const State&)>;  // by undo or redo
    using Passed = std::function<bool(const State&)>;   // whether it cannot be restored any more

    Edits(QUndoStack* undo, Restore restore, Passed passed = {})
        : undo_(undo), form_(std::make_shared<Form>(std::move(restore), std::move(passed))) {
        pause_.setSingleShot(true);
        pause_.setInterval(kMergeMilliseconds);
        pause_.callOnTimeout([this] { endGesture(); });
    }

    // What was done already. Edits with the same `key` in one gesture become one command; without
    // a key each is its own. Nothing is recorded where nothing was changed.
    void record(const QString& words, const std::string& key, const State& before,
                const State& after) {
        if (!(before == after)) {
            pause_.start();
            undo_->push(new Command(form_, {key, form_->gesture, before, after}, words));
        }
    }
    void endGesture() { ++form_->gesture; }

  private:
    static constexpr int kMergeMilliseconds = 1000;

    struct Form {
        Form(Restore r, Passed p) : restore(std::move(r)), passed(std::move(p)) {}
        Restore restore;
        Passed passed;
        int gesture = 0;
    };
    struct Edit {
        std::string key;
        int gesture;
        State before;
        State after;
    };

    class Command : public PassingCommand {
      public:
        Command(std::weak_ptr<Form> form, Edit edit, const QString& words)
            : PassingCommand(words), form_(std::move(form)), edit_(std::move(edit)) {}

        // It was done before it became a command.
        void redo() override {
            if (!std::exchange(done_, false)) {
                restore(edit_.after);
            }
        }
        void undo() override { restore(edit_.before); }
        int id() const override { return edit_.key.empty() ? -1 : kId; }

        bool mergeWith(const QUndoCommand* other) override {
            const auto* next = dynamic_cast<const Command*>(other);
            if (next == nullptr || next->form_.lock() != form_.lock() ||
                next->edit_.key != edit_.key || next->edit_.gesture != edit_.gesture) {
                return false;
            }
            edit_.after = next->edit_.after;
            setText(next->text());
            setObsolete(edit_.after == edit_.before);  // typed and taken back
            return true;
        }

        bool passed() const override {
            const auto form = form_.lock();
            return !form || (form->passed && form->passed(edit_.after));
        }

      private:
        void restore(const State& state) {
            if (passed()) {
                setObsolete(true);  // the stack drops it
                return;
            }
            const auto form = form_.lock();
            ++form->gesture;
            form->restore(state);
        }

        std::weak_ptr<Form> form_;
        Edit edit_;
        bool done_ = true;
    };

    QUndoStack* undo_;
    std::shared_ptr<Form> form_;
    QTimer pause_;
};

}  // namespace understudy::ui
