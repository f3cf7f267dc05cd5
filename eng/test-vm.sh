#!/usr/bin/env bash
# Makes the guest that the tests of virtual machines boot: the cloud kernel from Debian's package, and a root file
# system in memory with busybox, dropbear and mkfs.ext4 from this machine. Like a cloud image, the guest reads its SSH
# key from the seed image. The files are kept below artifacts/, and nothing is installed.
set -euo pipefail
cd "$(dirname "$0")/.."
guest=$PWD/artifacts/test-vm
[ "$guest/initrd" -nt "$0" ] && [ -f "$guest/kernel" ] && exit 0

rm -rf "$guest" && mkdir -p "$guest/package" "$guest/root"
apt-cache show linux-image-cloud-amd64 >/dev/null 2>&1 || apt-get update -qq
package=$(apt-cache depends linux-image-cloud-amd64 | sed -n 's/.*Depends: \(linux-image-.*\)/\1/p' | head -n 1)
(cd "$guest/package" && apt-get download -qq "$package" 2>/dev/null && dpkg-deb -x ./*.deb .)
cp "$guest"/package/boot/vmlinuz-* "$guest/kernel"

cd "$guest/root"
mkdir -p bin sbin etc lib/modules dev proc sys tmp run root/.ssh mnt/seed usr/bin usr/sbin
chmod 700 root/.ssh
add() { # a program with the libraries that it needs
  install -D "$(command -v "$1")" "usr/sbin/$1"
  ldd "$(command -v "$1")" | grep -o '/[^ ]*' | while read -r library; do install -D "$library" ".$library"; done
}
cp "$(command -v busybox)" bin/busybox
add dropbear
add mke2fs
ln -s mke2fs usr/sbin/mkfs.ext4
# The modules of the kernel are loaded in the order of their dependencies.
for module in virtio_ring virtio virtio_pci_legacy_dev virtio_pci_modern_dev virtio_pci virtio_blk \
  failover net_failover virtio_net virtio-rng cdrom isofs libnvdimm nd_btt nd_pmem nd_e820; do
  find "$guest/package/lib/modules" -name "$module.ko" \
    -exec cp {} lib/modules/ \; -exec echo "$module" \; >> etc/modules
done
echo 'root:*:0:0:root:/root:/bin/sh' > etc/passwd
echo 'root:x:0:' > etc/group
echo '/bin/sh' > etc/shells
cat > etc/inittab <<'END'
::sysinit:/etc/setup
::respawn:/usr/sbin/dropbear -F -E -R -s
::ctrlaltdel:/sbin/poweroff
END
cat > etc/setup <<'END'
#!/bin/sh
mount -t proc none /proc; mount -t sysfs none /sys; mount -t devtmpfs none /dev
mkdir /dev/pts; mount -t devpts none /dev/pts; mount -t tmpfs none /run
while read -r module; do insmod /lib/modules/$module.ko || echo "setup: no $module"; done < /etc/modules
ip link set lo up; ip address add 10.0.2.15/24 dev eth0; ip link set eth0 up; ip route add default via 10.0.2.2
mkdir /etc/dropbear
# Like cloud-init, the guest finds the seed as the file system with this label.
for disk in /dev/vd?; do
  [ "$(dd if=$disk bs=1 skip=32808 count=6 2>/dev/null)" = cidata ] &&
    mount -t iso9660 -o ro $disk /mnt/seed && echo "setup: seed on $disk"
done
sed -n 's/^ *- \(ecdsa-[^ ]* [^ ]*\).*/\1/p' /mnt/seed/user-data > /root/.ssh/authorized_keys
hostname "$(sed -n 's/^local-hostname: //p' /mnt/seed/meta-data)"
echo "setup: ready as $(hostname)"
END
chmod +x etc/setup
cat > init <<'END'
#!/bin/busybox sh
/bin/busybox --install -s
exec /sbin/init
END
chmod +x init
find . | busybox cpio -o -H newc 2>/dev/null | gzip -1 > ../initrd.part
cd .. && mv initrd.part initrd && rm -rf package root
