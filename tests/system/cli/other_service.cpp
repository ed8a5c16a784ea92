// Stands for a service of another version: has the lock, and answers every hello in a protocol that
// is not ours.
#include <QCoreApplication>
#include <QLocalServer>
#include <QLocalSocket>

#include "media/base/file.h"
#include "media/base/paths.h"
#include "training/client/socket_path.h"
#include "training/protocol/codec.h"

using namespace understudy;
using namespace understudy::training;

int main(int argc, char** argv) {
    QCoreApplication app(argc, argv);
    const auto state = createPrivateFolder(stateFolder());
    const auto lock = FileLock::acquire(stateFolder() / "service.lock");
    if (!state.ok() || !lock.ok() || !preparePrivateRuntimeFolder().ok()) {
        return 1;
    }
    QLocalServer server;
    QObject::connect(&server, &QLocalServer::newConnection, &server, [&] {
        QLocalSocket* peer = server.nextPendingConnection();
        QObject::connect(peer, &QLocalSocket::disconnected, peer, &QObject::deleteLater);
        const Hello hello{kProtocolVersion + 1, "understudyd", "9.9"};
        peer->write(QByteArray::fromStdString(encode(hello) + '\n'));
    });
    return server.listen(QString::fromStdString(socketPath().string())) ? app.exec() : 1;
}
