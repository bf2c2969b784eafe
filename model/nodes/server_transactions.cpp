#include "model/nodes/server_transactions.hpp"

#include <algorithm>

namespace failback::model {

std::optional<ServerTransaction> recall(const ServerTransactions& memory, std::uint8_t cseq) {
    for (const ServerTransaction& transaction : memory) {
        if (transaction.used != 0 && transaction.cseq == cseq) {
            return transaction;
        }
    }
    return std::nullopt;
}

void remember(ServerTransactions& memory, const ServerTransaction& transaction) {
    if (memory.front().used != 0) {
        throw ModelLimit("a server would have to remember more than " +
                         std::to_string(kRememberedTransactions) +
                         " transactions of one client at once; raise the retry wait or lower "
                         "timer_j");
    }
    memory.front() = transaction;
    std::ranges::sort(memory);
}

void forget(ServerTransactions& memory, std::uint8_t cseq) {
    const auto known = std::ranges::find_if(memory, [cseq](const ServerTransaction& transaction) {
        return transaction.used != 0 && transaction.cseq == cseq;
    });
    if (known != memory.end()) {
        *known = {};
        std::ranges::sort(memory);
    }
}

}  // namespace failback::model
