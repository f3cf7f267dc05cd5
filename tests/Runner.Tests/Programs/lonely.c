/* Needs nothing but the kernel: says hello, allocates, or waits. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
int main(int count, char **arguments)
{
    char c;
    if (count > 2 && strcmp(arguments[1], "allocate") == 0) {
        size_t size = (size_t)atol(arguments[2]) << 20;
        volatile char *memory = malloc(size);
        if (!memory)
            return 1;
        for (size_t i = 0; i < size; i += 4096)
            memory[i] = 1;
    }
    if (count > 1 && strcmp(arguments[1], "wait") == 0)
        pause();
    if (read(0, &c, 1) != 0)
        return 2;
    return write(1, "hello\n", 6) != 6;
}
