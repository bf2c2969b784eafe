#include <cstdio>

int main() {
    std::puts("failback " FAILBACK_VERSION);
    return 0;
}
