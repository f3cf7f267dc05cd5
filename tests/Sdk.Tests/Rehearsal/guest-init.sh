#!/bin/busybox sh
# The first program of the guest, which does the same as that of the tests' guest, and mounts the disk as /opt, to which
# the setup writes.
/bin/busybox --install -s
cat >> /etc/setup <<'END'
mount -t ext4 /dev/vda /opt 2>/dev/null || { mkfs.ext4 -q /dev/vda && mount -t ext4 /dev/vda /opt; }
END
mkdir -p /opt
exec /sbin/init
