#!/bin/busybox sh
# The first program of the guest: as that of the tests' machine, with the disk as /opt, which the setup writes to.
/bin/busybox --install -s
cat >> /etc/setup <<'END'
mount -t ext4 /dev/vda /opt 2>/dev/null || { mkfs.ext4 -q /dev/vda && mount -t ext4 /dev/vda /opt; }
END
mkdir -p /opt
exec /sbin/init
